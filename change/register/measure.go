package register

import (
	"cmp"
	"math"
	"runtime"

	"passdiff/change/internal/parallel"
	"passdiff/raster"
)

// MaxShift is the largest shift, in pixels in each direction, that is measured between pixels and may be applied.
const MaxShift = 8

// The reach of the search in whole pixels.
const (
	// farReach is how far from 0 the peak is looked for; it fits the smallest window.
	farReach = 24
	// nearReach is how far from the scene's shift that of a window may be.
	nearReach = 2
)

// windowConfidence and windowSD are what makes a window's shift count: its confidence at least, its standard deviation at most.
const (
	windowConfidence = 6
	windowSD         = 0.5 // pixels
)

// Measure measures the shift between the passes of a sample, which is read without regard to halos: only the pixels of the chips count.
// A sample in which nothing is measured gives a Report without Bias.
func Measure(s *raster.Sample, o Options) *Report {
	r := measure(lattice(s), cmp.Or(max(o.Workers, 0), runtime.GOMAXPROCS(0)))
	r.decide(o)
	return r
}

func measure(windows []window, workers int) *Report {
	r := &Report{Lattice: Lattice{Windows: []Window{}}}
	c := comparer{windows: windows, features: make([]*features, len(windows)), workers: workers}
	total, single := c.compare(0, 0)
	m := newMeasurer()
	far := newSurface(farReach)
	for _, n := range windowSizes {
		if q := total[n]; q != nil {
			m.of(n).surface(q, far)
		}
	}
	if len(total) == 0 {
		return r
	}
	px, py := far.top(farReach)
	r.Confidence = round3(far.confidence(px, py))
	r.Bias = &Vector{float64(px), float64(py)}
	if max(px, -px, py, -py) > MaxShift {
		r.Error = 0.5
		return r
	}
	if px != 0 || py != 0 {
		total, single = c.compare(px, py)
	}
	r.Windows = append(r.Windows, single...)
	p, ok := m.climb(total, 0, 0)
	if !ok {
		r.Bias = nil
		return r
	}
	*r.Bias = round3s(Vector{p.dx + float64(px), p.dy + float64(py)})
	r.Error, r.Coherence = round3(p.sd), round3(p.coherence)
	r.Spread = spread(r.Windows)
	r.Trend = fitTrend(r.Windows)
	return r
}

// comparer compares the windows of a sample.
type comparer struct {
	windows  []window
	features []*features // of each window, once made
	workers  int
}

// compare gives the sum of the windows' spectra, with AFTER moved by whole pixels, and what each window in which something is measured says
// by itself.
func (c *comparer) compare(dx, dy int) (sum, []Window) {
	total := sum{}
	said := make([]*Window, len(c.windows))
	added := make([]chan struct{}, len(c.windows)) // closed once a window's turn is over: spectra are added in the order of windows
	for i := range added {
		added[i] = make(chan struct{})
	}
	parallel.EachWith(c.workers, len(c.windows), func() func(int) {
		m := newMeasurer()
		return func(i int) {
			defer close(added[i])
			w := c.windows[i]
			if c.features[i] == nil {
				c.features[i] = m.extractor.extract(w.chip, w.part())
			}
			q, ok := m.cross(w, c.features[i], dx, dy)
			if ok {
				said[i] = m.window(w, q, dx, dy)
			}
			if i > 0 {
				<-added[i-1]
			}
			if ok {
				total.add(q)
			}
		}
	})
	var windows []Window
	for _, w := range said {
		if w != nil {
			windows = append(windows, *w)
		}
	}
	return total, windows
}

// measurer is the memory that comparing windows takes. It belongs to one goroutine.
type measurer struct {
	all       map[int]*spectra // by size
	extractor extractor
}

func newMeasurer() *measurer { return &measurer{all: map[int]*spectra{}} }

// of is what is needed for windows of side n.
func (m *measurer) of(n int) *spectra {
	if m.all[n] == nil {
		m.all[n] = newSpectra(n)
	}
	return m.all[n]
}

// cross makes the spectrum of a window, AFTER moved by whole pixels. It is valid until the next one of the same size.
func (m *measurer) cross(w window, f *features, dx, dy int) (*spectrum, bool) {
	s := m.of(w.n)
	if !w.load(s.z, s.taper, f, dx, dy) {
		return nil, false
	}
	return &s.one, s.cross(&s.one)
}

// window measures one window, of which q is the spectrum with AFTER moved by (px, py).
func (m *measurer) window(w window, q *spectrum, px, py int) *Window {
	out := &Window{X: w.x + w.n/2, Y: w.y + w.n/2, Size: w.n}
	c := newSurface(farReach)
	m.of(w.n).surface(q, c)
	x, y := c.top(nearReach)
	out.Confidence = round3(c.confidence(x, y))
	p, ok := m.climb(sum{w.n: q}, float64(x), float64(y))
	if !ok {
		return out
	}
	out.Vector, out.SD = round3s(Vector{p.dx + float64(px), p.dy + float64(py)}), round3(p.sd)
	out.Used = out.Confidence >= windowConfidence && out.SD <= windowSD
	return out
}

// spread is the robust standard deviation of the used windows' shifts.
func spread(windows []Window) *Vector {
	var dx, dy []float64
	for _, w := range windows {
		if w.Used {
			dx, dy = append(dx, w.DX), append(dy, w.DY)
		}
	}
	if len(dx) < 3 {
		return nil
	}
	v := round3s(Vector{deviation(dx), deviation(dy)})
	return &v
}

// deviation is 1.4826 times the median absolute deviation from the median.
func deviation(v []float64) float64 {
	middle := median(v)
	for i := range v {
		v[i] = math.Abs(v[i] - middle)
	}
	return float64(madToSigma * median(v))
}
