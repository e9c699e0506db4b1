package register

import (
	"math"

	"passdiff/raster"
)

// The reach of the search in whole pixels: Reach is the largest shift that can be measured, background what the peak is compared with.
const (
	searchReach = 8
	farReach    = 24
	nearReach   = 2
)

// Measure measures the shift between the passes of a sample.
func Measure(s *raster.Sample) Report {
	m := &measurer{windows: lattice(s), spectra: map[int]*spectra{}, tapers: map[int][]float64{}}
	return m.measure()
}

type measurer struct {
	windows       []window
	spectra       map[int]*spectra
	tapers        map[int][]float64
	extractor     extractor
	chip          *raster.TilePair
	before, after feature
	q             map[int]*spectrum
}

func (m *measurer) of(n int) *spectra {
	s := m.spectra[n]
	if s == nil {
		s = newSpectra(n)
		m.spectra[n], m.tapers[n] = s, hann(s.transform)
	}
	return s
}

// cross makes the spectrum of a window.
func (m *measurer) cross(w window, dx, dy int, out *spectrum) bool {
	if w.chip != m.chip {
		n := m.extractor.measured(w.chip)
		m.extractor.fill(&m.before, w.chip, &w.chip.Before, n)
		m.extractor.fill(&m.after, w.chip, &w.chip.After, n)
		m.chip = w.chip
	}
	s := m.of(w.n)
	w.load(s.z, m.tapers[w.n], &m.before, &m.after, dx, dy)
	return s.cross(out)
}

type Window struct {
	X, Y, DX, DY, SdX, SdY, Conf, Height float64
	Ok                                   bool
}
type Report struct {
	PX, PY                               int
	DX, DY, SdX, SdY, Conf, Height, Conf1 float64
	Windows                              []Window
}

var sizes = []int{256, 128, 64}

func (m *measurer) measure() (r Report) {
	var q spectrum
	sums := map[int]*spectrum{}
	for _, w := range m.windows {
		if !m.cross(w, 0, 0, &q) {
			continue
		}
		if sums[w.n] == nil {
			sums[w.n] = new(spectrum)
		}
		q.scale(float64(w.n * w.n))
		sums[w.n].add(&q)
	}
	far := newSurface(farReach)
	for _, n := range sizes {
		if sums[n] != nil {
			m.spectra[n].surface(sums[n], far)
		}
	}
	r.PX, r.PY = far.top(farReach)
	r.Conf1 = far.clear(r.PX, r.PY, farReach)
	if max(r.PX, -r.PX, r.PY, -r.PY) > searchReach {
		return r
	}
	sums = map[int]*spectrum{}
	all := newSurface(searchReach)
	for _, w := range m.windows {
		var win Window
		win.X, win.Y = float64(w.chip.Out.X+w.x)+float64(w.n)/2, float64(w.chip.Out.Y+w.y)+float64(w.n)/2
		if !m.cross(w, r.PX, r.PY, &q) {
			continue
		}
		q.scale(float64(w.n * w.n))
		if sums[w.n] == nil {
			sums[w.n] = new(spectrum)
		}
		sums[w.n].add(&q)
		own := newSurface(searchReach)
		m.spectra[w.n].surface(&q, own)
		for i, v := range own.at {
			all.at[i] += v
		}
		x, y := own.top(nearReach)
		p, ok := m.spectra[w.n].climb(&q, float64(x), float64(y))
		win.DX, win.DY, win.SdX, win.SdY, win.Height, win.Ok = p.dx+float64(r.PX), p.dy+float64(r.PY), p.sdX, p.sdY, p.height, ok
		win.Conf = own.clear(x, y, searchReach-2)
		r.Windows = append(r.Windows, win)
	}
	for _, n := range sizes {
		if sums[n] == nil {
			continue
		}
		x, y := all.top(1)
		p, _ := m.spectra[n].climb(sums[n], float64(x), float64(y))
		r.Conf = all.clear(x, y, searchReach-2)
		r.DX, r.DY, r.SdX, r.SdY, r.Height = p.dx+float64(r.PX), p.dy+float64(r.PY), p.sdX, p.sdY, p.height
		break
	}
	_ = math.Pi
	return r
}
