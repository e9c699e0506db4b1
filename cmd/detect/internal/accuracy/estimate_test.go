package accuracy

import (
	"math"
	"testing"

	"passdiff/geo"
)

// TestEstimatePaper is the worked example of Olofsson et al. 2014, section 5: deforestation, forest gain, stable forest and stable
// non-forest on 10⁷ Landsat pixels of 0.09 ha, and the results that are printed there, with half-widths of 95 % intervals. (The errors of
// producer's accuracy are checked by hand below, and against numpy by the oracle of the command.)
func TestEstimatePaper(t *testing.T) {
	e := Strata{
		Counts: [][]int{{66, 0, 5, 4}, {0, 55, 8, 12}, {1, 0, 153, 11}, {2, 1, 9, 313}},
		Areas:  []float64{200_000, 150_000, 3_200_000, 6_450_000},
	}.Estimate()
	check := func(name string, got Estimated, scale, value, half, tolerance float64) {
		t.Helper()
		if v, h := got.Value.Value*scale, 1.96*got.Error.Value*scale; !(math.Abs(v-value) <= tolerance) || !(math.Abs(h-half) <= tolerance) || !got.Value.Known || !got.Error.Known {
			t.Errorf("%s: %v ± %v, the paper has %v ± %v", name, v, h, value, half)
		}
	}
	check("overall", e.Overall, 1, 0.95, 0.02, 0.005)
	for i, want := range []struct{ user, userHalf, producer, hectares, hectaresHalf float64 }{
		{0.88, 0.07, 0.75, 21_158, 6_158},
		{0.73, 0.10, 0.85, 11_686, 3_756},
		{0.93, 0.04, 0.93, 285_770, 15_510},
		{0.96, 0.02, 0.96, 581_386, 16_282},
	} {
		check("user's", e.Users[i], 1, want.user, want.userHalf, 0.0051)
		if v := e.Producers[i].Value.Value; !(math.Abs(v-want.producer) <= 0.0051) {
			t.Errorf("producer's of class %d: %v, the paper has %v", i, v, want.producer)
		}
		check("area", e.Areas[i], 0.09, want.hectares, want.hectaresHalf, 0.5)
	}
	low, high := e.Areas[0].Interval(1e7)
	if math.Abs(low.Value-(235_086-68_418)) > 1 || math.Abs(high.Value-(235_086+68_418)) > 1 {
		t.Errorf("interval %v to %v", low, high)
	}
}

// TestEstimateByHand: 100 units of area mapped as unchanged and 20 as changed; 4 of 5 and 3 of 4 labels agree. The changed area is
// 100·1/5 + 20·3/4 = 35, its variance 100²·(1/5·4/5)/4 + 20²·(3/4·1/4)/3 = 400 + 25.
func TestEstimateByHand(t *testing.T) {
	e := Strata{Counts: [][]int{{4, 1}, {1, 3}}, Areas: []float64{100, 20}}.Estimate()
	near := func(name string, got Estimated, value, se float64) {
		t.Helper()
		if !(math.Abs(got.Value.Value-value) < 1e-12) || !(math.Abs(got.Error.Value-se) < 1e-12) {
			t.Errorf("%s: %+v, want %v ± %v", name, got, value, se)
		}
	}
	near("area", e.Areas[1], 35, math.Sqrt(425))
	near("area left", e.Areas[0], 85, math.Sqrt(425))
	near("overall", e.Overall, 95./120, math.Sqrt(425)/120)
	near("user's", e.Users[1], 3./4, math.Sqrt(3./16/3))
	near("user's of unchanged", e.Users[0], 4./5, math.Sqrt(4./25/4))
	// P = 15/35; its variance (20²(1−P)²/16 + P²·400)/35²
	p := 15. / 35
	near("producer's", e.Producers[1], p, math.Sqrt(400*(1-p)*(1-p)/16+p*p*400)/35)
	low, high := e.Areas[1].Interval(120)
	if low.Value != 0 || math.Abs(high.Value-(35+1.96*math.Sqrt(425))) > 1e-9 {
		t.Errorf("interval %v to %v", low, high)
	}
	if _, high := e.Areas[1].Interval(40); high.Value != 40 {
		t.Errorf("the interval ends at %v of 40", high)
	}
}

// TestEstimateUndefined: what the sample cannot say is not known, and nothing is NaN.
func TestEstimateUndefined(t *testing.T) {
	const yes, no = true, false
	for _, c := range []struct {
		name  string
		s     Strata
		known [6]bool // area and its error, user's and its error, producer's and its error; of change
	}{
		{"changed is not sampled", Strata{[][]int{{5, 1}, {0, 0}}, []float64{10, 10}}, [6]bool{}},
		{"changed is sampled once", Strata{[][]int{{5, 1}, {0, 1}}, []float64{10, 10}}, [6]bool{yes, no, yes, no, yes, no}},
		{"unchanged is not sampled", Strata{[][]int{{0, 0}, {1, 3}}, []float64{10, 10}}, [6]bool{no, no, yes, yes, no, no}},
		{"nothing is mapped as changed", Strata{[][]int{{5, 1}, {0, 0}}, []float64{10, 0}}, [6]bool{yes, yes, no, no, yes, yes}},
		{"everything is mapped as changed", Strata{[][]int{{0, 0}, {5, 1}}, []float64{0, 10}}, [6]bool{yes, yes, yes, yes, yes, yes}},
		{"nothing changed", Strata{[][]int{{5, 0}, {2, 0}}, []float64{10, 10}}, [6]bool{yes, yes, yes, yes, no, no}},
		{"nothing is mapped", Strata{[][]int{{0, 0}, {0, 0}}, []float64{0, 0}}, [6]bool{}},
	} {
		e := c.s.Estimate()
		got := [6]bool{}
		for i, v := range []geo.Opt[float64]{e.Areas[1].Value, e.Areas[1].Error, e.Users[1].Value, e.Users[1].Error, e.Producers[1].Value, e.Producers[1].Error} {
			got[i] = v.Known
			if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
				t.Errorf("%s: number %d is %v", c.name, i, v)
			}
		}
		if got != c.known {
			t.Errorf("%s: known %v, want %v", c.name, got, c.known)
		}
		if low, high := e.Areas[1].Interval(20); low.Known != c.known[1] || high.Known != c.known[1] {
			t.Errorf("%s: interval %v to %v", c.name, low, high)
		}
	}
	for _, s := range []Strata{{[][]int{{1, 2}}, []float64{1, 1}}, {[][]int{{1}, {2, 3}}, []float64{1, 1}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v: no panic", s)
				}
			}()
			s.Estimate()
		}()
	}
}
