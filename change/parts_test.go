package change

import (
	"context"
	"math"
	"strings"
	"testing"

	"passdiff/raster"
)

// twoBands is a pair of 160×140 pixels, with texture and a box of 20×16 in which only band 2 changes.
func twoBands(t *testing.T) *raster.Pair {
	t.Helper()
	const w, h = 160, 140
	var data [2][]float32
	for pass := range data {
		data[pass] = make([]float32, 2*w*h)
		for b := range 2 {
			for i := range w * h {
				x, y := i%w, i/w
				v := 100 + 9*math.Sin(float64(x)/5)*math.Cos(float64(y)/7) + 5*math.Sin(float64(x*y%97)+float64(b)) + 2*math.Sin(float64((7*x+13*y+pass*31)%101))
				if pass == 1 && b == 1 && x >= 60 && x < 80 && y >= 50 && y < 66 {
					v += 60
				}
				data[pass][b*w*h+i] = float32(v)
			}
		}
	}
	p, err := raster.Align(raster.NewMemory("b", w, h, 2, data[0]), raster.NewMemory("a", w, h, 2, data[1]), raster.AlignOptions{Pixels: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPartsAddUp: for every method the score taken apart has the region's own mean, the shares of the pieces of each whole add up to 1, and
// where single bands are compared the one that changed carries nearly all.
func TestPartsAddUp(t *testing.T) {
	ctx := context.Background()
	p := twoBands(t)
	for _, name := range []string{"auto", "cva", "irmad", "isfa", "acd", "logratio", "sam", "structure", "index:1,2"} {
		for _, kind := range []PairKind{"", VHR, Multispectral} {
			if kind != "" && name != "auto" {
				continue
			}
			t.Run(name+string(kind), func(t *testing.T) {
				method, err := ParseMethod(name)
				if err != nil {
					t.Fatal(err)
				}
				o := FitOptions{Method: method, Threshold: Percentile(97), Hysteresis: 1, Told: Told{Kind: kind}}
				s, err := raster.ReadSample(ctx, p, raster.SampleOptions{Halo: o.Halo(), Workers: 2})
				if err != nil {
					t.Fatal(err)
				}
				m, err := Fit(ctx, s, 2, o)
				if err != nil {
					t.Fatal(err)
				}
				var g *Region
				_, err = Detect(ctx, p, m, Options{Tile: 64, MinPixels: 1, Fill: 1}, Output{Region: func(r *Region) error {
					if g == nil || r.Pixels > g.Pixels {
						g = r
					}
					return nil
				}})
				if err != nil || g == nil {
					t.Fatalf("%v; region %v", err, g)
				}
				score, evidence, err := m.Parts(ctx, p, g.Runs, 2)
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(score.Value/g.ScoreMean-1) > 1e-3 {
					t.Errorf("the score taken apart is %g, the region's %g", score.Value, g.ScoreMean)
				}
				if (evidence != nil) != (m.Evidence != nil) {
					t.Errorf("evidence %v of a model with %v", evidence, m.Evidence)
				}
				sumsOf(t, score)
				if name == "cva" && !(score.Parts[1].Name == "band 2" && *score.Parts[1].Share > 0.9) {
					t.Errorf("band 2 changed: %+v", score.Parts)
				}
				again, _, err := m.Parts(ctx, p, g.Runs, 1)
				if err != nil || again.Value != score.Value {
					t.Errorf("with one worker %g, with two %g (%v)", again.Value, score.Value, err)
				}
			})
		}
	}
}

// sumsOf wants names everywhere and shares that add up.
func sumsOf(t *testing.T, p Part) {
	t.Helper()
	if p.Name == "" || strings.Contains(p.Name, "%!") {
		t.Errorf("a part is called %q", p.Name)
	}
	sum, known := 0.0, false
	for _, q := range p.Parts {
		if q.Share != nil {
			sum, known = sum+*q.Share, true
		}
		sumsOf(t, q)
	}
	if known && math.Abs(sum-1) > 1e-6 {
		t.Errorf("%s: shares add up to %g", p.Name, sum)
	}
}
