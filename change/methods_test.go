package change

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"passdiff/change/register"
	"passdiff/raster"
)

// everyMethod is each method, auto once for each kind of pair.
var everyMethod = []struct {
	name string
	o    FitOptions
}{
	{"auto, optical", FitOptions{Method: Auto{}, Told: Told{Kind: Multispectral}}},
	{"auto, misregistered", FitOptions{Method: Auto{}, Told: Told{Kind: Multispectral}, Residual: apart}},
	{"auto, vhr", FitOptions{Method: Auto{}, Told: Told{Kind: VHR}}},
	{"auto, sar", FitOptions{Method: Auto{}, Told: Told{Kind: SAR}}},
	{"cva", FitOptions{Method: CVA{}}},
	{"irmad", FitOptions{Method: IRMAD{}}},
	{"isfa", FitOptions{Method: ISFA{}}},
	{"acd", FitOptions{Method: ACD{}}},
	{"logratio", FitOptions{Method: LogRatio{}}},
	{"index", FitOptions{Method: Index{Bands: [2]string{"4", "2"}}}},
	{"sam", FitOptions{Method: SAM{}}},
	{"structure", FitOptions{Method: Structure{}}},
}

// apart is a scene whose passes lie beside each other, by more in the east.
var apart = &register.Lattice{Windows: []register.Window{
	{X: 40, Y: 60, Size: 64, Vector: register.Vector{DX: 0.3, DY: -0.2}, SD: 0.1, Used: true},
	{X: 150, Y: 90, Size: 64, Vector: register.Vector{DX: 1.4, DY: 0.5}, SD: 0.2, Used: true},
}}

// alikePair is a larger scene whose passes see the same rough ground, 4 bands of uint16: noise, drift, squares that differ, holes.
func alikePair(seed uint64, side, objects, holes int) (before, after scene) {
	r := rand.New(rand.NewPCG(seed, 7))
	const bands = 4
	make4 := func() scene {
		s := scene{side, side, bands, make([]uint16, side*side*bands), bytes.Repeat([]byte{255}, side*side)}
		return s
	}
	before, after = make4(), make4()
	rough := make([]float64, side*side)
	for i := range rough {
		x, y := i%side, i/side
		rough[i] = 60*math.Sin(float64(x)/3.1)*math.Cos(float64(y)/4.3) + 90*math.Sin(float64(x+2*y)/17) + 40*float64((x/9+y/7)%5)
	}
	for b := range bands {
		share := 0.6 + 0.2*float64(b)
		for i, v := range rough {
			k := b*side*side + i
			ground := 1500 + share*v + 30*math.Sin(float64(i%side)/(5+float64(b)))
			before.data[k] = uint16(ground + 8*r.NormFloat64())
			after.data[k] = uint16(1.15*ground - 100 + 8*r.NormFloat64())
		}
	}
	for i := range objects {
		x0, y0, n := r.IntN(side-14), r.IntN(side-14), 8+r.IntN(6)
		for b := range bands {
			for y := y0; y < y0+n; y++ {
				for x := x0; x < x0+n; x++ {
					after.data[(b*side+y)*side+x] += uint16(250 + 90*((i+b)%4))
				}
			}
		}
	}
	for range holes {
		x0, y0 := r.IntN(side-9), r.IntN(side-7)
		for y := y0; y < y0+7; y++ {
			clear(after.valid[y*side+x0 : y*side+x0+9])
		}
	}
	return before, after
}

// TestMethodsByTiles: a model gives every pixel the same score, to the bit, however the scene is cut, with holes and beside them; and so
// does the model once it has been through JSON.
func TestMethodsByTiles(t *testing.T) {
	// Few holes: some tiles have none, and are scored without a mask.
	before, after := alikePair(1, 210, 20, 2)
	p := before.with(after)
	for _, c := range everyMethod {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := fit(t, p, c.o)
			want := plane(t, p, m, 512)
			raw, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var n Model
			if err := json.Unmarshal(raw, &n); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(&n)
			if err != nil || !bytes.Equal(raw, again) {
				t.Errorf("the model changed in JSON: %v\n%s\n%s", err, raw, again)
			}
			for _, tile := range []int{64, 41} {
				if d := sameBits(plane(t, p, &n, tile), want); d != "" {
					t.Errorf("tiles of %d: %s", tile, d)
				}
			}
			varies := false
			for i, v := range want {
				if !(v >= 0 && v <= math.MaxFloat32) || v != 0 && after.valid[i] == 0 {
					t.Fatalf("pixel %d scores %v", i, v)
				}
				varies = varies || v != want[0]
			}
			if !varies {
				t.Error("all scores are equal")
			}
			for _, o := range []Options{{Tile: 64, Workers: 2}, {Tile: 41, Workers: 1}} {
				if d := difference(detect(t, p, m, Options{}), detect(t, p, m, o)); d != "" {
					t.Errorf("tiles of %d: %s", o.Tile, d)
				}
			}
		})
	}
}

// TestSamePass: nothing changed between a pass and itself, by any method.
func TestSamePass(t *testing.T) {
	before, _ := alikePair(2, 120, 0, 0)
	p := before.with(before)
	for _, c := range everyMethod {
		if f := detect(t, p, fit(t, p, c.o), Options{}); len(f.Regions) != 0 {
			t.Errorf("%s: %d regions", c.name, len(f.Regions))
		}
	}
}

// TestFreshNoise: of a pair without objects, whose passes differ by gain, offset and noise, auto flags a thousandth at most.
func TestFreshNoise(t *testing.T) {
	before, after := alikePair(3, 300, 0, 0)
	p := before.with(after)
	for _, c := range everyMethod[:3] {
		f := detect(t, p, fit(t, p, c.o), Options{})
		if f.Summary.Kept > 300*300/1000 {
			t.Errorf("%s: %d pixels of %d", c.name, f.Summary.Kept, 300*300)
		}
	}
}

// TestAutoFindsObjects: squares of 8 to 13 pixels a side, brighter by more than noise and drift.
func TestAutoFindsObjects(t *testing.T) {
	before, after := alikePair(4, 300, 20, 0)
	p := before.with(after)
	f := detect(t, p, fit(t, p, everyMethod[0].o), Options{})
	if len(f.Regions) < 12 || len(f.Regions) > 24 {
		t.Errorf("%d regions of 20 objects, some of which overlap", len(f.Regions))
	}
	for _, r := range f.Regions {
		if r.Confidence == nil || *r.Confidence < LeastConfidence || *r.Confidence > MostConfidence {
			t.Errorf("confidence %v", r.Confidence)
		}
	}
}

// TestRadarFindsPatches: patches of 20 pixels a side, 4 dB brighter or darker, under fresh speckle of four looks.
func TestRadarFindsPatches(t *testing.T) {
	const side = 256
	r := rand.New(rand.NewPCG(14, 14))
	var pass [2]scene
	truth := make([]bool, side*side)
	for k := range pass {
		pass[k] = scene{side, side, 1, make([]uint16, side*side), bytes.Repeat([]byte{255}, side*side)}
		for i := range truth {
			x, y := i%side, i/side
			v := 900 + 500*math.Sin(float64(x)/13)*math.Cos(float64(y)/17) + 150*float64((x/30+y/23)%3)
			if truth[i] = x%80 >= 50 && x%80 < 70 && y%80 >= 40 && y%80 < 60; truth[i] && k == 1 {
				v *= []float64{1.58, 0.63}[(x/80+y/80)%2]
			}
			looks := r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64()
			pass[k].data[i] = uint16(v * math.Sqrt(looks/4))
		}
	}
	p := pass[0].with(pass[1])
	m := fit(t, p, FitOptions{Method: Auto{}})
	var hit, marked, real float64
	for i, v := range detect(t, p, m, Options{}).mask(side) {
		if v {
			marked++
		}
		if truth[i] {
			real++
		}
		if v && truth[i] {
			hit++
		}
	}
	if hit < 0.7*real || hit < 0.8*marked {
		t.Errorf("%v pixels of %v found, %v marked, with threshold %v", hit, real, marked, m.Threshold)
	}
}

// TestSwappedMethods: swapping the passes leaves the score of symmetric methods the same but for rounding.
func TestSwappedMethods(t *testing.T) {
	before, after := alikePair(5, 120, 8, 3)
	p, q := before.with(after), after.with(before)
	for _, o := range []FitOptions{{Method: IRMAD{}}, {Method: ISFA{}}, {Method: ACD{}}, {Method: SAM{}}, {Method: Index{Bands: [2]string{"1", "3"}}}, {Method: Structure{}}, {Method: LogRatio{}}} {
		a, b := plane(t, p, fit(t, p, o), 512), plane(t, q, fit(t, q, o), 512)
		if i, d := furthestApart(a, b); d > 1e-3 {
			t.Errorf("%s: pixel %d scores %v, swapped %v", o.Method.Name(), i, a[i], b[i])
		}
	}
}

// TestAffineInvariance: a gain and an offset for each band of one pass leave IR-MAD, ISFA, ACD, structure and what auto makes of them the same
// but for rounding, and a common gain the spectral angle and an index.
func TestAffineInvariance(t *testing.T) {
	before, after := alikePair(6, 120, 8, 0)
	own := after.regained("after", []float32{0.5, 2, 1.3, 0.8}, []float32{300, -20, 1000, 0})
	common := after.regained("after", []float32{1.7, 1.7, 1.7, 1.7}, make([]float32, 4))
	for _, c := range []struct {
		o     FitOptions
		other raster.Source
	}{
		{FitOptions{Method: IRMAD{}}, own}, {FitOptions{Method: ISFA{}}, own}, {FitOptions{Method: ACD{}}, own}, {FitOptions{Method: CVA{}}, own},
		{FitOptions{Method: SAM{}}, common}, {FitOptions{Method: Index{Bands: [2]string{"1", "3"}}}, common}, {FitOptions{Method: Structure{}}, own},
		{everyMethod[0].o, own}, {everyMethod[1].o, own},
	} {
		p, q := before.with(after), pairOf(before.source("before"), c.other)
		a, b := plane(t, p, fit(t, p, c.o), 512), plane(t, q, fit(t, q, c.o), 512)
		if i, d := furthestApart(a, b); d > 5e-3 { // ISFA stops where its trace changes by 10⁻⁴
			t.Errorf("%s: pixel %d scores %v and %v", c.o.Method.Name(), i, a[i], b[i])
		}
	}
}

// TestAffineAuto: gains from 0.5 to 2 and offsets of the bands of one pass leave what auto calls changed on four bands the same, on 99 % of the
// pixels at least and on 95 % of those that either way are changed.
func TestAffineAuto(t *testing.T) {
	before, after := alikePair(13, 260, 25, 3)
	p := before.with(after)
	o := everyMethod[0].o
	want := detect(t, p, fit(t, p, o), Options{}).mask(260)
	for _, c := range []struct{ gain, offset []float32 }{
		{[]float32{0.5, 2, 1.3, 0.8}, []float32{300, -20, 1000, 0}}, {[]float32{2, 2, 0.5, 0.5}, []float32{0, 5000, 0, -700}}, {[]float32{1, 1, 1, 2}, []float32{0, 0, 0, 0}},
	} {
		q := pairOf(before.source("before"), after.regained("after", c.gain, c.offset))
		got := detect(t, q, fit(t, q, o), Options{}).mask(260)
		var same, both, either float64
		for i := range want {
			if want[i] == got[i] {
				same++
			}
			if want[i] && got[i] {
				both++
			}
			if want[i] || got[i] {
				either++
			}
		}
		same /= float64(len(want))
		t.Logf("gains %v: %.3f %% of the pixels the same, IoU %.4f of %v pixels", c.gain, 100*same, both/either, either)
		if same < 0.99 || both/either < 0.95 || either < 1000 {
			t.Errorf("gains %v, offsets %v: %.3f %% of the pixels the same, IoU %.3f of %v pixels", c.gain, c.offset, 100*same, both/either, either)
		}
	}
}

// mask says for each pixel of a frame of that width whether it lies in a region.
func (f found) mask(width int) []bool {
	m := make([]bool, f.Summary.Pixels)
	for _, r := range f.Regions {
		for _, run := range r.Runs {
			for x := run.X0; x < run.X1; x++ {
				m[int(run.Y)*width+int(x)] = true
			}
		}
	}
	return m
}

// furthestApart is the pixel whose scores differ most, as a share of the larger one or of a tenth of the highest.
func furthestApart(a, b []float32) (at int, most float64) {
	top := float32(0)
	for _, v := range a {
		top = max(top, v)
	}
	for i := range a {
		if d := math.Abs(float64(a[i]-b[i])) / float64(max(a[i], b[i], top/10)); d > most {
			at, most = i, d
		}
	}
	return at, most
}

// TestKinds: what a pair is, by what is told, by its bands and by its speckle.
func TestKinds(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	const side = 100
	speckled, smooth := make([]uint16, side*side), make([]uint16, side*side)
	for i := range smooth {
		ground := 900 + 200*math.Sin(float64(i%side)/20)
		smooth[i] = uint16(ground + 4*r.NormFloat64())
		speckled[i] = uint16(ground * (1 + 0.25*r.NormFloat64()))
	}
	one := func(v []uint16) *raster.Pair {
		s := scene{side, side, 1, v, bytes.Repeat([]byte{255}, side*side)}
		return s.with(s)
	}
	four, _ := alikePair(9, side, 0, 0)
	for _, c := range []struct {
		name string
		p    *raster.Pair
		told Told
		want PairKind
		by   string
	}{
		{"speckle", one(speckled), Told{}, SAR, "speckle"},
		{"panchromatic", one(smooth), Told{}, VHR, "speckle"},
		{"given", one(smooth), Told{Kind: SAR}, SAR, "given"},
		{"polarisation", one(smooth), Told{BandNames: []string{"Sigma0_VV_db"}}, SAR, "band names"},
		{"four bands", four.with(four), Told{}, Multispectral, "bands"},
		{"four bands of 10 m", four.with(four), Told{PixelSize: 10}, Multispectral, "bands and pixel size"},
		{"four bands of 50 cm", four.with(four), Told{PixelSize: 0.5}, VHR, "bands and pixel size"},
	} {
		s, err := raster.ReadSample(t.Context(), c.p, raster.SampleOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := (&Training{Sample: s, Bands: c.p.Before.Info().Bands, Told: c.told}).natureOf()
		if n.Kind != c.want || n.By != c.by {
			t.Errorf("%s: %+v, want %s by %s", c.name, n, c.want, c.by)
		}
	}
}

// TestCoarseRamp: between centres of blocks a score that rises evenly rises evenly; block means are the blocks' means.
func TestCoarseRamp(t *testing.T) {
	const side = 96
	before, after := scene{side, side, 1, make([]uint16, side*side), bytes.Repeat([]byte{255}, side*side)}, scene{side, side, 1, make([]uint16, side*side), bytes.Repeat([]byte{255}, side*side)}
	for i := range before.data {
		before.data[i], after.data[i] = 100, uint16(100+3*(i%side)+2*(i/side))
	}
	f := &forms{After: [][]float64{{1}}, Before: [][]float64{{-1}}, Shift: []float64{0}}
	s, err := prepared(&coarse{Of: Node{f}, Factor: 4}, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Bands: 1, Scorer: s, Norm: Norm{Before: []Scale{{0, 1}}, After: []Scale{{0, 1}}}}
	got := plane(t, before.with(after), m, 40)
	for y := 2; y < side-2; y++ {
		for x := 2; x < side-2; x++ {
			if want := float32(3*x + 2*y); math.Abs(float64(got[y*side+x]-want)) > 1e-3 {
				t.Fatalf("(%d, %d) scores %v, want %v", x, y, got[y*side+x], want)
			}
		}
	}
}

// TestBoxSums compares running sums with plain ones.
func TestBoxSums(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var mem scratch
	for range 50 {
		w := raster.Window{W: 1 + r.IntN(20), H: 1 + r.IntN(20)}
		radius := r.IntN(6)
		stride := w.W + 2*radius
		src := make([]int64, stride*(w.H+2*radius))
		for i := range src {
			src[i] = int64(r.IntN(2000) - 1000)
		}
		got := mem.longSums(src, w, radius)
		for y := range w.H {
			for x := range w.W {
				var want int64
				for dy := range 2*radius + 1 {
					for dx := range 2*radius + 1 {
						want += src[(y+dy)*stride+x+dx]
					}
				}
				if got[y*w.W+x] != want {
					t.Fatalf("%v, radius %d: (%d, %d) sums to %d, want %d", w, radius, x, y, got[y*w.W+x], want)
				}
			}
		}
	}
}

// TestTail: the table of the χ² distribution is as near to it as it says.
func TestTail(t *testing.T) {
	for degrees := 1; degrees <= 13; degrees++ {
		table, chi := newTail(degrees), distuv.ChiSquared{K: float64(degrees)}
		for z := 0.0; z < 150; z += 0.0037 {
			if got, want := table.at(z), chi.Survival(z); math.Abs(got-want) > 2e-7 {
				t.Fatalf("%d degrees: %v at %v, want %v", degrees, got, z, want)
			}
		}
	}
}

// TestMatrix: L·Lᵀ = m, L·L⁻¹ = 1, and eigenvectors are stretched by their values.
func TestMatrix(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := 1; n <= 8; n++ {
		a := newMatrix(n)
		for i := range n {
			for j := range n {
				a[i][j] = r.NormFloat64()
			}
		}
		m := a.mul(a.transposed())
		m.ridge(0.1)
		l, ok := m.cholesky()
		if !ok {
			t.Fatal("not positive definite")
		}
		near := func(what string, got, want matrix) {
			for i := range n {
				for j := range n {
					if math.Abs(got[i][j]-want[i][j]) > 1e-9*m.trace() {
						t.Fatalf("%s of %d: %v, want %v", what, n, got, want)
					}
				}
			}
		}
		near("L·Lᵀ", l.mul(l.transposed()), m)
		one := newMatrix(n)
		for i := range n {
			one[i][i] = 1
		}
		near("L·L⁻¹", l.mul(l.invertLower()), one)
		values, vectors := m.eigen()
		stretched := newMatrix(n)
		for i := range n {
			for j := range n {
				stretched[i][j] = values[i] * vectors[i][j]
			}
		}
		near("vectors·m", vectors.mul(m), stretched)
		for i := 1; i < n; i++ {
			if values[i] > values[i-1] {
				t.Errorf("eigenvalues %v", values)
			}
		}
	}
	if _, ok := (matrix{{1, 2}, {2, 1}}).cholesky(); ok {
		t.Error("an indefinite matrix was taken apart")
	}
}
