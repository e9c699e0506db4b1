package accuracy

import (
	"math"
	"path/filepath"
	"testing"

	"passdiff/change"
	"passdiff/raster"
)

// TestReplay: deciding again with what was fitted gives what Run gives; with another threshold, what Run gives with that one.
func TestReplay(t *testing.T) {
	pair := Pair{Dir: filepath.Join(folder(t), "tiles_coast")}
	for _, method := range []change.Method{change.CVA{}, change.Auto{}} {
		r, err := Chain{Method: method}.Replay(t.Context(), pair)
		if err != nil {
			t.Fatal(err)
		}
		if evident := method.Name() == "auto"; (r.Model.Evidence != nil) != evident || (r.Kind != "") != evident {
			t.Errorf("%s: evidence %v, kind %q", method.Name(), r.Model.Evidence != nil, r.Kind)
		}
		check := func(m *change.Model, c Chain) {
			t.Helper()
			got, err := r.Compare(t.Context(), m)
			if err != nil {
				t.Fatal(err)
			}
			want, err := c.Run(t.Context(), pair)
			if err != nil {
				t.Fatal(err)
			}
			if got != want.Comparison || got.Objects.Detections == 0 {
				t.Errorf("%s: %+v, want %+v", c, got, want.Comparison)
			}
		}
		check(r.Model, Chain{Method: method})
		if method.Name() == "auto" {
			continue // it takes its time
		}
		lower := *r.Model
		lower.Threshold = math.Round(0.9*lower.Threshold*1024) / 1024
		lower.Keep = lower.Threshold
		check(&lower, Chain{method, change.Fixed(lower.Threshold), false})
	}
}

// TestTouches: drawn by hand, a row of one pixel changed, one unchanged, two not labelled.
func TestTouches(t *testing.T) {
	truth, width := drawn("#.??")
	r := &Replay{truth: truth, width: width}
	for _, c := range []struct {
		x0, x1         int32
		real, labelled bool
	}{{0, 4, true, true}, {1, 4, false, true}, {2, 4, false, false}} {
		var region change.Region
		region.Runs = []raster.Run{{X0: c.x0, X1: c.x1}}
		if real, labelled := r.Touches(&region); real != c.real || labelled != c.labelled {
			t.Errorf("columns %d to %d: %v, %v", c.x0, c.x1, real, labelled)
		}
	}
}
