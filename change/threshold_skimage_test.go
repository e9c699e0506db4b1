package change

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// skimage is scikit-image's answer for each sample, on its own histogram of the same values within the same bounds: the middle of the last
// bin below the threshold.
const skimage = `
import json, sys, numpy
from skimage.filters import threshold_otsu, threshold_triangle
out = []
for s in json.load(sys.stdin):
    v = numpy.clip(numpy.array(s["Values"], float), s["Low"], s["High"])
    out.append({"Otsu": float(threshold_otsu(v, 1024)), "Triangle": float(threshold_triangle(v, 256))})
print(json.dumps(out))`

// draws are distributions like those of scores, and some unlike, each with numbers of its own.
var draws = map[string]func(r *rand.Rand) func() float64{
	"half normal and uniform": func(r *rand.Rand) func() float64 {
		share, from, width := 0.02+0.5*r.Float64(), 1+4*r.Float64(), 1+8*r.Float64()
		return func() float64 {
			if r.Float64() < share {
				return from + width*r.Float64()
			}
			return math.Abs(r.NormFloat64())
		}
	},
	"Rayleigh":   func(r *rand.Rand) func() float64 { return func() float64 { return math.Sqrt(2 * r.ExpFloat64()) } },
	"long tail":  func(r *rand.Rand) func() float64 { return func() float64 { return math.Exp(0.8 * r.NormFloat64()) } },
	"tail below": func(r *rand.Rand) func() float64 { return func() float64 { return 20 - r.ExpFloat64() } },
	"spike at zero": func(r *rand.Rand) func() float64 {
		share := 0.1 + 0.8*r.Float64()
		return func() float64 {
			if r.Float64() < share {
				return 0
			}
			return r.ExpFloat64() + r.ExpFloat64()
		}
	},
	"two humps": func(r *rand.Rand) func() float64 {
		share, at := 0.1+0.8*r.Float64(), 4+4*r.Float64()
		return func() float64 {
			if r.Float64() < share {
				return at + r.NormFloat64()
			}
			return 1 + 0.4*math.Abs(r.NormFloat64())
		}
	},
	"few values": func(r *rand.Rand) func() float64 {
		n := 2 + r.IntN(10)
		return func() float64 { return float64(min(r.IntN(n), r.IntN(n))) }
	},
}

// TestAgainstSkimage: otsu and triangle agree with scikit-image to one bin.
func TestAgainstSkimage(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import skimage").Run(); err != nil {
		t.Skipf("%s has no scikit-image: %v", python, err)
	}
	type sample struct {
		Values    []float32
		Low, High float64
		name      string
		scores    *Scores
	}
	var samples []sample
	for _, name := range slices.Sorted(maps.Keys(draws)) {
		for seed := range uint64(8) {
			r := rand.New(rand.NewPCG(seed, 6))
			draw := draws[name](r)
			v := make([]float32, 1000<<(seed%4))
			for i := range v {
				v[i] = float32(draw())
			}
			s := newScores(func(f func([]float32)) { f(v) }, int64(len(v)))
			samples = append(samples, sample{v, s.Histogram.Low, s.Histogram.High, name, s})
		}
	}
	in, err := json.Marshal(samples)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-W", "ignore", "-c", skimage)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want []struct{ Otsu, Triangle float64 }
	if err := json.Unmarshal(out, &want); err != nil || len(want) != len(samples) {
		t.Fatalf("%d answers: %v", len(want), err)
	}
	for i, s := range samples {
		for _, c := range []struct {
			t    Threshold
			bins float64
			want float64
		}{{Otsu{}, histogramBins, want[i].Otsu}, {Triangle{}, triangleBins, want[i].Triangle}} {
			bin := (s.High - s.Low) / c.bins
			if got := c.t.Find(s.scores) - bin/2; math.Abs(got-c.want) > bin*1.01 {
				t.Errorf("%s, sample %d: %v is %v, scikit-image %v, %.1f bins away", s.name, i%8, c.t, got, c.want, (got-c.want)/bin)
			}
		}
	}
}
