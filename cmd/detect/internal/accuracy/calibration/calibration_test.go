package calibration

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"passdiff/change"
)

// detections are as many of a family, with the same first evidence, of which some are real.
func detections(family string, kind change.PairKind, evidence float64, all, real int) (d []Detection) {
	for i := range all {
		d = append(d, Detection{family, kind, [3]float64{evidence}, i < real})
	}
	return d
}

// peakOnly leaves out the evidence that the tests do not vary.
func peakOnly(d Detection) []float64 { return Shared(d)[:2] }

// TestFit: with two values of the evidence the greatest likelihood gives each its share: of evidence 0 one in four is real, so that the
// constant is ln(1/3); of evidence 1 three in four, so that the weight is ln 3 − ln(1/3).
func TestFit(t *testing.T) {
	all := append(detections("a", change.VHR, 0, 8, 2), detections("a", change.VHR, 1, 4, 3)...)
	b, err := Fit(all, peakOnly)
	if want := []float64{-math.Log(3), 2 * math.Log(3)}; err != nil || math.Abs(b[0]-want[0]) > 1e-8 || math.Abs(b[1]-want[1]) > 1e-8 {
		t.Errorf("%v, %v; want %v", b, err, want)
	}
	for name, bad := range map[string][]Detection{
		"none": nil, "all real": detections("a", change.VHR, 0, 3, 3), "evidence that does not vary": detections("a", change.VHR, 1, 4, 2),
	} {
		if b, err := Fit(bad, peakOnly); err == nil {
			t.Errorf("%s: %v", name, b)
		}
	}
}

// TestFitWeights: family a has 16 detections, none of them real, b 4, all real: with the roots 4 and 2 the share of real ones is a third.
func TestFitWeights(t *testing.T) {
	all := append(detections("a", change.VHR, 0, 16, 0), detections("b", change.VHR, 0, 4, 4)...)
	b, err := Fit(all, func(Detection) []float64 { return []float64{1} })
	if err != nil || math.Abs(b[0]+math.Log(2)) > 1e-8 {
		t.Errorf("%v, %v; want −ln 2", b, err)
	}
}

// TestJudge: family a has two detections given 0.3 and 0.9, which is cut to 0.85, the first of them real; b one given 0.3 that is not. The
// weights are ¼, ¼ and ½. The bin from 0.3: given 0.3, real ⅓, of weight ¾; that from 0.8: 0.85 and 0, of weight ¼.
func TestJudge(t *testing.T) {
	all := []Detection{{Family: "a", Real: true}, {Family: "a"}, {Family: "b"}}
	r := Judge(all, []float64{0.3, 0.9, 0.3})
	if got := r.Bins[3]; got.Detections != 2 || math.Abs(got.Weight-0.75) > 1e-12 || math.Abs(got.Given-0.3) > 1e-12 || math.Abs(got.Real-1./3) > 1e-12 {
		t.Errorf("%+v", got)
	}
	if want := 0.75*(1./3-0.3) + 0.25*0.85; math.Abs(r.ECE-want) > 1e-12 {
		t.Errorf("ECE %v, want %v", r.ECE, want)
	}
	if want := -0.25*math.Log(0.3) - 0.25*math.Log(0.15) - 0.5*math.Log(0.7); math.Abs(r.LogLoss-want) > 1e-12 {
		t.Errorf("log-loss %v, want %v", r.LogLoss, want)
	}
	if svg := r.SVG(); strings.Count(svg, "<circle") != 2 || !strings.Contains(svg, fmt.Sprintf(`cx="%.1f"`, margin+side*0.3)) {
		t.Errorf("drawn:\n%s", svg)
	}
}

// families4 are four families whose detections obey the same law but for a shift of the constant.
func families4() (all []Detection) {
	for i, f := range []string{"a", "b", "c", "d"} {
		kind := []change.PairKind{change.SAR, change.SAR, change.VHR, change.VHR}[i]
		for k, e := range [][3]float64{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}} {
			for n := range 10 {
				all = append(all, Detection{f, kind, e, n < 2+k+i})
			}
		}
	}
	return all
}

// TestLeftOut: what a family is given does not depend on what its own detections are.
func TestLeftOut(t *testing.T) {
	all := families4()
	_, order, given, err := LeftOut(all, Shared)
	if err != nil || len(order) != len(all) {
		t.Fatal(len(order), err)
	}
	for i := range all {
		if all[i].Family == "a" {
			all[i].Real = !all[i].Real
		}
	}
	_, _, other, err := LeftOut(all, Shared)
	if err != nil {
		t.Fatal(err)
	}
	same, moved := true, false
	for i, d := range order {
		if d.Family == "a" {
			same = same && given[i] == other[i]
		} else {
			moved = moved || given[i] != other[i]
		}
	}
	if !same || !moved {
		t.Errorf("what a is given is the same: %v; what the others are given has moved: %v", same, moved)
	}
}

// TestDrift: weights as fitted are not told of, others are, with those that should be there.
func TestDrift(t *testing.T) {
	all := families4()
	b, err := Fit(all, Shared)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		constant float64
		drifted  bool
	}{{b[0], false}, {b[0] + 0.02, false}, {b[0] + 1, true}} {
		s, err := NewStudy(all, &change.Confidence{Constant: c.constant, Peak: b[1], Size: b[2], Rise: b[3]})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Drifted(); (err != nil) != c.drifted || err != nil && !strings.Contains(err.Error(), s.Weights()) {
			t.Errorf("constant %v for %v: %v", c.constant, b[0], err)
		}
		// The sums of 2+k+i over k: 20, 25, 30 and 35 of 50.
		if text := s.Markdown(); !strings.Contains(text, "200 detections") || !strings.Contains(text, "55 % (mean of families 55 %)") || !strings.Contains(text, "| b | 50 |") {
			t.Errorf("the page says\n%s", text)
		}
	}
}
