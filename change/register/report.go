package register

import "math"

// Vector is a shift, or the uncertainty of one, in pixels along rows and down columns.
type Vector struct {
	DX float64 `json:"dx_px"`
	DY float64 `json:"dy_px"`
}

// Within reports whether neither part is longer than limit.
func (v Vector) Within(limit float64) bool {
	return math.Abs(v.DX) <= limit && math.Abs(v.DY) <= limit
}

// length of the vector.
func (v Vector) length() float64 {
	return math.Sqrt(float64(v.DX*v.DX) + float64(v.DY*v.DY))
}

// Window is what was measured in one window.
type Window struct {
	// X and Y are the column and row of its centre on the before grid, Size its side in pixels.
	X    int `json:"x"`
	Y    int `json:"y"`
	Size int `json:"size"`
	// Vector is the shift there, and SD its standard deviation in either direction, in pixels; both 0 when no peak was found.
	Vector
	SD float64 `json:"sd_px"`
	// Confidence as in Report. Used says that it suffices: only such windows say something of their place.
	Confidence float64 `json:"confidence"`
	Used       bool    `json:"used"`
}

// Lattice is the shifts over a scene. A nil one is not measured.
type Lattice struct {
	// Spread is the robust standard deviation of the used windows' shifts, 1.4826·median|d − median d|: noise and what varies over the scene.
	// Nil with fewer than three used windows.
	Spread *Vector `json:"spread"`
	// Windows are in the order of the sample's chips.
	Windows []Window `json:"windows"`
}

// At is the shift at a pixel of the before grid: that of the used window whose centre is nearest, the first of equals. Its standard
// deviation is the window's inside it; elsewhere the spread over the scene adds to it. It reports false when there is no used window.
func (l *Lattice) At(x, y int) (shift Vector, sd float64, ok bool) {
	if l == nil {
		return Vector{}, 0, false
	}
	best, near := -1, math.Inf(1)
	for i, w := range l.Windows {
		dx, dy := float64(x-w.X), float64(y-w.Y)
		if d := float64(dx*dx) + float64(dy*dy); w.Used && d < near {
			best, near = i, d
		}
	}
	if best < 0 {
		return Vector{}, 0, false
	}
	w := l.Windows[best]
	variance := float64(w.SD * w.SD)
	if inside := 2*max(x-w.X, w.X-x, y-w.Y, w.Y-y) <= w.Size; !inside && l.Spread != nil {
		s := l.Spread.length()
		variance += float64(float64(s*s) / 2)
	}
	return w.Vector, round3(math.Sqrt(variance)), true
}

// Used is the lattice without the windows that say nothing.
func (l *Lattice) Used() *Lattice {
	u := &Lattice{Spread: l.Spread, Windows: []Window{}}
	for _, w := range l.Windows {
		if w.Used {
			u.Windows = append(u.Windows, w)
		}
	}
	return u
}

// Report is the misregistration of a pair. It marshals to JSON with fixed fields; pixels have three decimals.
type Report struct {
	// Bias is the shift of the whole scene, Error its standard error, in pixels; nil when it could not be measured.
	Bias  *Vector `json:"bias"`
	Error float64 `json:"error_px"`
	// Confidence is by how many robust standard deviations the peak of the correlation stands above its surroundings, Coherence its height,
	// 1 for two equal passes.
	Confidence float64 `json:"confidence"`
	Coherence  float64 `json:"coherence"`
	Lattice
	// Trend is how the shift varies over the scene; nil when it does not beyond noise.
	Trend *Trend `json:"trend"`
	// Apply says whether AFTER should be moved by Bias, Why for which reason.
	Apply bool   `json:"apply"`
	Why   string `json:"why"`
	// Warnings are what a person should know, with the way out.
	Warnings []string `json:"-"`
}

// round3 keeps three decimals.
func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

func round3s(v Vector) Vector { return Vector{round3(v.DX), round3(v.DY)} }
