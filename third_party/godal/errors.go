package godal

/*
#include "godal.h"
*/
import "C"

import "errors"

// ErrorCategory is the severity of a message of GDAL. Categories are ordered.
type ErrorCategory int

// The categories a caller has to tell apart. Below CE_Warning is what GDAL says
// for debugging; above CE_Failure it aborts the process.
const (
	CE_Warning = ErrorCategory(C.CE_Warning)
	CE_Failure = ErrorCategory(C.CE_Failure)
)

// ErrorHandler judges one message; code is GDAL's CPLE_ number. A returned error
// makes the call fail with that error (several are joined, in order); nil lets
// the call go on as if nothing had been said. It runs on the goroutine of the
// call, before the call returns.
//
// An ErrorHandler should return an error for CE_Failure. One that swallows
// failures too lets Open, Create and the like return a nil error and a dataset
// without a handle.
type ErrorHandler func(ec ErrorCategory, code int, msg string) error

type errLogger struct{ fn ErrorHandler }

// ErrLogger makes fn, instead of the default rule, decide which messages of one
// call are errors.
func ErrLogger(fn ErrorHandler) interface {
	BandIOOption
	BuildOverviewsOption
	CloseOption
	CreateSpatialRefOption
	DatasetCreateMaskOption
	DatasetCreateOption
	DatasetIOOption
	FeatureCountOption
	GeometryWKBOption
	GetGeoTransformOption
	MetadataOption
	OpenOption
	SetColorInterpOption
	SetGeoTransformOption
	SetNoDataOption
	SetSpatialRefOption
	TransformOption
	WKTExportOption
} {
	return errLogger{fn}
}

func (l errLogger) setBandIOOpt(o *ioOpts)                { o.handler = l.fn }
func (l errLogger) setBuildOverviewsOpt(o *overviewsOpts) { o.handler = l.fn }
func (l errLogger) setCloseOpt(o *common)                 { o.handler = l.fn }
func (l errLogger) setCreateSpatialRefOpt(o *common)      { o.handler = l.fn }
func (l errLogger) setDatasetCreateMaskOpt(o *common)     { o.handler = l.fn }
func (l errLogger) setDatasetCreateOpt(o *createOpts)     { o.handler = l.fn }
func (l errLogger) setDatasetIOOpt(o *ioOpts)             { o.handler = l.fn }
func (l errLogger) setFeatureCountOpt(o *common)          { o.handler = l.fn }
func (l errLogger) setGeometryWKBOpt(o *common)           { o.handler = l.fn }
func (l errLogger) setGetGeoTransformOpt(o *common)       { o.handler = l.fn }
func (l errLogger) setMetadataOpt(o *metadataOpts)        { o.handler = l.fn }
func (l errLogger) setOpenOpt(o *openOpts)                { o.handler = l.fn }
func (l errLogger) setSetColorInterpOpt(o *common)        { o.handler = l.fn }
func (l errLogger) setSetGeoTransformOpt(o *common)       { o.handler = l.fn }
func (l errLogger) setSetNoDataOpt(o *common)             { o.handler = l.fn }
func (l errLogger) setSetSpatialRefOpt(o *common)         { o.handler = l.fn }
func (l errLogger) setTransformOpt(o *common)             { o.handler = l.fn }
func (l errLogger) setWKTExportOpt(o *common)             { o.handler = l.fn }

// SkipWarnings makes a call fail on failures only. Warnings are dropped unseen.
var SkipWarnings = ErrLogger(func(ec ErrorCategory, code int, msg string) error {
	if ec > CE_Warning {
		return errors.New(msg)
	}
	return nil
})
