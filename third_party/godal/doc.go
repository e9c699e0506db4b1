// Package godal binds the part of GDAL that passdiff calls. Names, signatures
// and behaviour are those of github.com/airbusgeo/godal v0.0.18, so that either
// package can stand behind the import path; the implementation, against GDAL's C
// API, is passdiff's own.
//
// # Errors
//
// A message of GDAL of category [CE_Warning] or above makes the call fail, with
// the messages, one per line, as the error's text; a dataset that came with a
// warning is closed. [ErrLogger] puts a function in the place of this rule.
//
// # Configuration
//
// [ConfigOption] holds for the one call it is passed to, on the thread that runs
// it. There is no global setter: pass it to Open and to every Read, or set the
// environment before the first call.
//
// # Goroutines
//
// A [Dataset] with its [Band] values, a [SpatialRef] and a [Transform] are not safe
// for concurrent use: GDAL handles keep state, reads included. Use one Dataset per
// goroutine. A Band is valid until its Dataset is closed.
//
// # Panics
//
// A buffer of an unsupported type, a buffer shorter than the pixels asked for and
// empty slices of coordinates panic: they are mistakes of the caller.
package godal

/*
#cgo pkg-config: gdal
#cgo LDFLAGS: -ldl
#include "godal.h"
*/
import "C"
