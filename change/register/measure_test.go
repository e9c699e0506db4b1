package register

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"passdiff/raster"
)

// side of the scenes of these tests; nine windows of 128 or 16 of 64 are too few to be told from four of 128.
const side = 256

// scenes draws the ground of the tests once.
func scenes() (g, other *ground) {
	return newGround(1, side+2*margin, side+2*margin), newGround(2, side+2*margin, side+2*margin)
}

// memory makes a scene of a square of floats.
func memory(name string, v []float32) *raster.Memory {
	n := int(math.Sqrt(float64(len(v))))
	return raster.NewMemory(name, n, n, 1, v)
}

// TestShifts: whole and broken shifts from 0 to 5 px with noise, 30 % other ground and another gain are found to 0.05 px RMS, and windows to
// as much as they say of themselves.
func TestShifts(t *testing.T) {
	step := 5
	if os.Getenv("PASSDIFF_LONG") != "" {
		step = 1
	}
	g, other := scenes()
	for _, c := range []struct{ noise, change float64 }{{2, 0}, {2, 0.3}, {6, 0.3}} {
		var square, n, pulls, windows float64
		for k := 0; k <= 50; k += step {
			s := synthetic{w: side, h: side, dx: k, dy: k*7%51 - 25, noise: c.noise, change: c.change, gain: 0.7, seed: uint64(k)}
			before, after := s.pair(g, other)
			r := Measure(sampleOf(t, memory("before", before), memory("after", after)), Options{})
			if r.Bias == nil {
				t.Fatalf("%+v: nothing measured", s)
			}
			x, y := float64(s.dx)/fine, float64(s.dy)/fine
			ex, ey := r.Bias.DX-x, r.Bias.DY-y
			square += ex*ex + ey*ey
			n += 2
			for _, w := range r.Windows {
				if w.Used {
					px, py := (w.DX-x)/w.SD, (w.DY-y)/w.SD
					pulls += px*px + py*py
					windows += 2
				}
			}
			if want := r.Bias.length() > 0.5; r.Apply != want {
				t.Errorf("%+v: applied %v: %s", s, r.Apply, r.Why)
			}
		}
		rms, pull := math.Sqrt(square/n), math.Sqrt(pulls/windows)
		t.Logf("noise %v, change %v: error %.4f px RMS; windows %.2f of their standard deviations", c.noise, c.change, rms, pull)
		if rms > 0.05 {
			t.Errorf("noise %v, change %v: error of the bias %.3f px RMS", c.noise, c.change, rms)
		}
		if pull < 0.5 || pull > 1.5 {
			t.Errorf("noise %v, change %v: errors of windows are %.2f of their standard deviations", c.noise, c.change, pull)
		}
	}
}

// TestSwapped: passes the other way round lie the other way.
func TestSwapped(t *testing.T) {
	g, other := scenes()
	b, a := synthetic{w: side, h: side, dx: 13, dy: -21, noise: 2, change: 0.2, gain: 1}.pair(g, other)
	there := Measure(sampleOf(t, memory("b", b), memory("a", a)), Options{})
	back := Measure(sampleOf(t, memory("a", a), memory("b", b)), Options{})
	if math.Abs(there.Bias.DX+back.Bias.DX) > 0.02 || math.Abs(there.Bias.DY+back.Bias.DY) > 0.02 {
		t.Errorf("%v there, %v back", *there.Bias, *back.Bias)
	}
}

// TestSame: an identical pair lies on itself, exactly.
func TestSame(t *testing.T) {
	g, _ := scenes()
	b, _ := synthetic{w: side, h: side, noise: 2}.pair(g, g)
	r := Measure(sampleOf(t, memory("b", b), memory("b", b)), Options{})
	if *r.Bias != (Vector{}) || r.Coherence != 1 || r.Apply || *r.Spread != (Vector{}) || r.Trend != nil {
		t.Errorf("%+v, bias %v", r, *r.Bias)
	}
}

// TestFar: a shift beyond what can be mended is told, not applied.
func TestFar(t *testing.T) {
	g, _ := scenes()
	b, a := synthetic{w: side, h: side, dx: 150, dy: -40, noise: 2, gain: 1}.pair(g, g)
	r := Measure(sampleOf(t, memory("b", b), memory("a", a)), Options{})
	if r.Apply || *r.Bias != (Vector{15, -4}) || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "15 columns and -4 rows") {
		t.Errorf("%+v, bias %v", r, r.Bias)
	}
}

// TestVaries: a shift that grows over the scene is a trend; one that differs from place to place is not applied.
func TestVaries(t *testing.T) {
	g, _ := scenes()
	grows := synthetic{w: side, h: side, dx: 10, noise: 1, gain: 1, more: func(x, y int) (int, int) { return x * 16 / side, -y * 8 / side }}
	b, a := grows.pair(g, g)
	s := sampleOf(t, memory("b", b), memory("a", a))
	// Four windows are too few for a trend; the scene's chip is cut as small scenes are.
	r := measure(appendWindows(nil, s.Chips[0], 64), 2)
	r.decide(Options{})
	// 16 tenths over 256 columns and −8 over 256 rows.
	if r.Trend == nil || math.Abs(r.Trend.Column.DX-6.25) > 0.7 || math.Abs(r.Trend.Row.DY+3.125) > 0.7 || math.Abs(r.Trend.Row.DX) > 0.7 {
		t.Fatalf("trend %+v", r.Trend)
	}
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "grows by") {
		t.Errorf("warnings %q", r.Warnings)
	}
	differs := synthetic{w: side, h: side, noise: 1, gain: 1, dx: 20, more: func(x, y int) (int, int) { return (x/128 + y/128) % 2 * 14, 0 }}
	b, a = differs.pair(g, g)
	r = Measure(sampleOf(t, memory("b", b), memory("a", a)), Options{})
	if r.Apply || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "not everywhere alike") {
		t.Errorf("%+v", r)
	}
}

// TestUnmeasured: what is masked, in the same places of both passes, does not draw the shift towards 0; what is flat, empty or tiny gives no
// shift and no panic.
func TestUnmeasured(t *testing.T) {
	g, _ := scenes()
	b, a := synthetic{w: side, h: side, dx: 23, dy: 16, noise: 2, gain: 1}.pair(g, g)
	masked := func(name string, v []float32) *raster.Memory {
		m := memory(name, v)
		valid := m.Pixels.MaskStorage()
		for i := range valid {
			valid[i] = 255
			if x, y := i%side, i/side; (x/20+y/20)%4 == 0 {
				valid[i] = 0
			}
		}
		return m
	}
	r := Measure(sampleOf(t, masked("b", b), masked("a", a)), Options{})
	if r.Bias == nil || math.Abs(r.Bias.DX-2.3) > 0.05 || math.Abs(r.Bias.DY-1.6) > 0.05 {
		t.Errorf("under a mask: bias %v, want 2.3, 1.6", r.Bias)
	}
	nothing := memory("nothing", b)
	clear(nothing.Pixels.MaskStorage())
	for name, s := range map[string]*raster.Sample{
		"no chips": {},
		"masked":   sampleOf(t, nothing, memory("a", a)),
		"flat":     sampleOf(t, memory("flat", make([]float32, side*side)), memory("a", a)),
		"tiny":     sampleOf(t, memory("tiny", b[:40*40]), memory("tiny", a[:40*40])),
		"pixel":    sampleOf(t, memory("pixel", b[:1]), memory("pixel", a[:1])),
	} {
		if r := Measure(s, Options{}); r.Bias != nil || r.Apply || r.Why == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	huge := make([]float32, side*side)
	for i := range huge {
		huge[i] = b[i] * 1e36
	}
	if _, err := json.Marshal(Measure(sampleOf(t, memory("huge", huge), memory("a", a)), Options{})); err != nil {
		t.Errorf("values near the limit of 32-bit floats: %v", err)
	}
}

// TestSampleReading: how a sample is read, with which halo and by how many, changes nothing.
func TestSampleReading(t *testing.T) {
	g, _ := scenes()
	b, a := synthetic{w: side, h: side, dx: 31, noise: 2, gain: 1}.pair(g, g)
	p, err := raster.Align(memory("b", b), memory("a", a), raster.AlignOptions{Pixels: true})
	if err != nil {
		t.Fatal(err)
	}
	var want []byte
	for _, o := range []raster.SampleOptions{{}, {Halo: 27, Workers: 3}, {Halo: 5, Workers: 1}} {
		s, err := raster.ReadSample(t.Context(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(Measure(s, Options{}))
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if string(got) != string(want) {
			t.Errorf("%+v:\n%s\nwant\n%s", o, got, want)
		}
	}
}

// TestRadar: radar pairs need more confidence.
func TestRadar(t *testing.T) {
	for _, c := range []struct {
		confidence float64
		radar      bool
		want       bool
	}{{19, false, false}, {21, false, true}, {39, true, false}, {41, true, true}} {
		r := Report{Bias: &Vector{1, 0}, Error: 0.02, Confidence: c.confidence}
		r.Spread = &Vector{0.1, 0.1}
		r.Windows = []Window{{Used: true}, {Used: true}, {Used: true}, {}}
		if r.decide(Options{Radar: c.radar}); r.Apply != c.want {
			t.Errorf("confidence %v, radar %v: applied %v: %s", c.confidence, c.radar, r.Apply, r.Why)
		}
	}
}

func TestAt(t *testing.T) {
	var none *Lattice
	if _, _, ok := none.At(1, 1); ok {
		t.Error("a shift of nothing")
	}
	l := &Lattice{Spread: &Vector{0.3, 0.4}, Windows: []Window{
		{X: 50, Y: 50, Size: 64, Vector: Vector{0.1, 0.2}, SD: 0.05, Used: true},
		{X: 100, Y: 50, Size: 64, Vector: Vector{9, 9}, SD: 9},
		{X: 150, Y: 50, Size: 64, Vector: Vector{0.3, 0.4}, SD: 0.12, Used: true},
	}}
	for _, c := range []struct {
		x, y int
		want Vector
		sd   float64
	}{
		{60, 40, Vector{0.1, 0.2}, 0.05},
		{100, 50, Vector{0.1, 0.2}, 0.357},  // between, the first of equals: √(0.05² + (0.3² + 0.4²)/2)
		{150, 500, Vector{0.3, 0.4}, 0.373}, // far away: √(0.12² + 0.125)
	} {
		if v, sd, ok := l.At(c.x, c.y); !ok || v != c.want || sd != c.sd {
			t.Errorf("at %d, %d: %v ± %v, want %v ± %v", c.x, c.y, v, sd, c.want, c.sd)
		}
	}
	if u := l.Used(); len(u.Windows) != 2 || u.Spread != l.Spread {
		t.Errorf("used: %+v", u)
	}
}
