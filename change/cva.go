package change

import (
	"encoding/json"
	"errors"
	"fmt"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// CVA is change vector analysis (Malila 1980; Bruzzone and Fernández Prieto 2000, eq. 1, doi:10.1109/36.843009) on robustly
// standardised bands. The score is the length of the change vector, in robust standard deviations, smoothed by a Gaussian over the
// measured pixels:
//
//	S = G_σ √( Σ_b (z(y_b) − z(x_b))² )
//
// Swapping the passes leaves it the same, and so does any positive gain and any offset of a band of either pass. Bands that are
// constant in either pass do not count. The zero value is the default.
type CVA struct {
	// Sigma is the standard deviation of the Gaussian in pixels; 0 means 1. It is cut at 3σ.
	Sigma float64
}

const (
	defaultSigma = 1
	// maxSigma keeps halos at 64 pixels and below.
	maxSigma = 21
)

// Name is "cva".
func (CVA) Name() string { return "cva" }

func (c CVA) sigma() float64 {
	if c.Sigma == 0 {
		return defaultSigma
	}
	return c.Sigma
}

// Halo is the reach of the Gaussian.
func (c CVA) Halo() int { return kernel.Radius(c.sigma()) }

// Fit checks the settings; all it needs is the standardisation.
func (c CVA) Fit(_ *raster.Sample, n Norm) (Scorer, error) { return newCVA(c.sigma(), n) }

func loadCVA(raw json.RawMessage, n Norm) (Scorer, error) {
	var p cvaParams
	if err := json.Unmarshal(raw, &p); err != nil {
		return nil, err
	}
	return newCVA(p.Sigma, n)
}

type cvaParams struct {
	Sigma float64 `json:"sigma"`
}

// cva scores by CVA.
type cva struct {
	cvaParams
	norm Norm
	taps kernel.Taps
	// divisor is the sum of the filter's weights where every pixel is measured.
	divisor float32
}

func newCVA(sigma float64, n Norm) (*cva, error) {
	if !(sigma > 0 && sigma <= maxSigma) {
		return nil, fmt.Errorf("cva: sigma %v is not in (0, %d] pixels", sigma, maxSigma)
	}
	if len(n.Before) == 0 || len(n.Before) != len(n.After) {
		return nil, errors.New("cva: no bands")
	}
	taps := kernel.Gauss(sigma)
	return &cva{cvaParams: cvaParams{Sigma: sigma}, norm: n, taps: taps, divisor: taps.Weight()}, nil
}

func (c *cva) Halo() int { return c.taps.Radius() }

func (c *cva) MarshalJSON() ([]byte, error) { return json.Marshal(c.cvaParams) }

func (c *cva) Worker() func(dst *raster.Tile, t *raster.TilePair) {
	var m raster.Tile
	var s smoother
	return func(dst *raster.Tile, t *raster.TilePair) {
		m.Shape(dst.Window.Grow(c.Halo()), 1)
		c.magnitude(&m, t)
		s.smooth(dst, &m, t, c.taps, c.divisor)
	}
}

// magnitude fills m with the length of the change vector, 0 where not valid.
func (c *cva) magnitude(m *raster.Tile, t *raster.TilePair) {
	row := 0
	t.EachRow(m.Window, func(_, at, n int) {
		sum := m.Data[row*m.Stride:][:n]
		clear(sum)
		for b := range t.Before.Bands {
			if !c.norm.usable(b) {
				continue
			}
			x, y := c.norm.Before[b], c.norm.After[b]
			gainX, _, _ := x.affine()
			gainY, _, _ := y.affine()
			shift := float32(x.Center/x.Spread - y.Center/y.Spread)
			kernel.AddSquaredDifference(sum, t.Before.Band(b)[at:at+n], t.After.Band(b)[at:at+n], gainX, gainY, shift)
		}
		kernel.Sqrt(sum)
		if t.Valid != nil {
			clearWhere(sum, t.Valid[at:at+n])
		}
		row++
	})
}

// clearWhere sets to 0 the values whose mask byte is 0.
func clearWhere(v []float32, mask []uint8) {
	for i, m := range mask[:len(v)] {
		if m == 0 {
			v[i] = 0
		}
	}
}
