package job

import (
	"context"
	"fmt"

	"passdiff/change"
	"passdiff/change/register"
	"passdiff/raster"
)

// Register is what is done about misregistration.
type Register string

// The ways to register; "" is RegisterAuto.
const (
	RegisterAuto   Register = "auto"   // measure, and move AFTER when that is sure
	RegisterReport Register = "report" // measure, and warn of it
	RegisterOff    Register = "off"    // measure, for the record and for how hard edges are judged
)

// ParseRegister reads a way to register.
func ParseRegister(s string) (Register, error) {
	switch r := Register(s); r {
	case RegisterAuto, RegisterReport, RegisterOff:
		return r, nil
	}
	return "", fmt.Errorf("%q is not known; choose auto, report or off", s)
}

// shiftMethod is how AFTER is moved.
const shiftMethod = raster.Bilinear

// registration is what the run record says of how AFTER was laid on BEFORE.
type registration struct {
	// Mode is as asked for, or "file" when the model of a file says it.
	Mode string `json:"mode"`
	// Shift is what AFTER was moved by, null when it was not, and Why for which reason.
	Shift *change.Shift `json:"shift"`
	Why   string        `json:"why"`
	// Report is the misregistration as the passes came, null when a model of a file was used, Residual what was left, null when nothing was moved.
	Report   *register.Report `json:"measured"`
	Residual *register.Report `json:"residual"`
}

// sampled is the sample of a pair with what was done to register it.
type sampled struct {
	*raster.Sample
	pair *raster.Pair // the registered one
	registration
}

// sample reads the sample of a part of a pair, registered. A quarter of the pixels is for the fit alone: its chips are too small to measure
// misregistration on.
func (j *Job) sample(ctx context.Context, pair *raster.Pair, part raster.Window, o raster.SampleOptions, told change.Told) (sampled, error) {
	read := func(p *raster.Pair) (*raster.Sample, error) {
		q := *p
		q.Window = part
		return raster.ReadSample(ctx, &q, o)
	}
	s, err := j.registered(pair, read, told)
	j.clock.done("registration")
	if err == nil && j.Quarter {
		o.Quarter = true
		s.Sample, err = read(s.pair)
	}
	return s, err
}

// registered registers a pair on the sample that read reads of it.
func (j *Job) registered(pair *raster.Pair, read func(*raster.Pair) (*raster.Sample, error), told change.Told) (sampled, error) {
	s := sampled{pair: pair, registration: registration{Mode: string(j.Register)}}
	var err error
	if s.Sample, err = read(pair); err != nil {
		return s, err
	}
	j.clock.done("sample")
	if s.Mode == "" {
		s.Mode = string(RegisterAuto)
	}
	bands := pair.Before.Info().Bands
	ro := register.Options{Radar: change.KindOf(s.Sample, bands, told) == change.SAR, Workers: j.workers()}
	s.Report = register.Measure(s.Sample, ro)
	s.Why = s.Report.Why
	if s.Report.Apply && s.Mode != string(RegisterAuto) {
		s.Why += "; it was not to be moved"
		return s, nil
	}
	if !s.Report.Apply {
		return s, nil
	}
	s.Shift = &change.Shift{Vector: *s.Report.Bias, Method: shiftMethod}
	s.pair = s.Shift.Of(pair)
	s.Decoded = nil // not the blocks of both
	if s.Sample, err = read(s.pair); err != nil {
		return s, err
	}
	s.Residual = register.Measure(s.Sample, ro)
	return s, nil
}

// left is the misregistration that is left; nil when it is not known.
func (r *registration) left() *register.Lattice {
	switch {
	case r.Residual != nil:
		return r.Residual.Used()
	case r.Report != nil:
		return r.Report.Used()
	}
	return nil
}

// warnings of the measurement.
func (r *registration) warnings() []string {
	if r.Report == nil || r.Mode == string(RegisterOff) {
		return nil
	}
	return r.Report.Warnings
}
