package change

import (
	"fmt"

	"passdiff/change/register"
	"passdiff/raster"
)

// Shift is by how much AFTER is moved to lie on BEFORE, in pixels as of raster.Shift, and how values between pixels are made.
type Shift struct {
	register.Vector
	Method string `json:"method"`
}

// Of is a pair whose AFTER is moved; with a nil Shift it is the pair itself.
func (s *Shift) Of(p *raster.Pair) *raster.Pair {
	if s == nil {
		return p
	}
	q := *p
	q.After = raster.Shift(p.After, s.DX, s.DY, s.Method)
	return &q
}

// validate refuses shifts that registration does not give.
func (s *Shift) validate() error {
	if s == nil {
		return nil
	}
	if s.Method != raster.Bilinear && s.Method != raster.Cubic || !s.Within(register.MaxShift) {
		return fmt.Errorf("shift of %v, %v pixels, %q", s.DX, s.DY, s.Method)
	}
	return nil
}
