package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAssessLarge: a pair of many tiles that overlap in part is assessed by its sample, in the same words for any number of workers, and a
// picture changes none of them.
func TestAssessLarge(t *testing.T) {
	t.Parallel()
	p := large(t)
	one := call{}.succeed(t, "assess", p.before, p.after, "--json", "-j", "1").stdout
	picture := filepath.Join(t.TempDir(), "pair.png")
	if many := (call{}).succeed(t, "assess", p.before, p.after, "--json", "-j", "4", "--png", picture).stdout; many != one {
		t.Error("four workers and a picture say something else")
	}
	var a struct {
		Verdict  string
		Overlap  float64 `json:"overlap_of_before"`
		Observed struct {
			Share  float64
			Pixels int64
			Whole  bool
		}
	}
	if err := json.Unmarshal([]byte(one), &a); err != nil {
		t.Fatal(err)
	}
	const side = largeSide * largeTimes
	if want := float64((side-37)*(side-21)) / (side * side); a.Overlap != want {
		t.Errorf("both cover %g of before, want %g", a.Overlap, want)
	}
	// Collars and a cloud are not measured, where the sample meets them.
	if a.Observed.Whole || a.Observed.Pixels > 4<<20 || a.Observed.Share < 0.85 || !strings.HasPrefix(a.Verdict, "fit") {
		t.Errorf("%+v", a)
	}
}

// TestExplainLarge: the detection that spans most of a scene of many tiles, with an offset between the passes, is explained with the pixels
// that it has.
func TestExplainLarge(t *testing.T) {
	t.Parallel()
	p := large(t)
	out := filepath.Join(t.TempDir(), "large.geojson")
	call{}.succeed(t, "run", p.before, p.after, out, "-q", "--method", "cva")
	var fc struct {
		Features []struct {
			ID         string
			Properties struct {
				Pixels   int64
				ScoreMax float64 `json:"score_max"`
			}
		}
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &fc); err != nil {
		t.Fatal(err)
	}
	best := 0
	for i, f := range fc.Features {
		if f.Properties.Pixels > fc.Features[best].Properties.Pixels {
			best = i
		}
	}
	f := fc.Features[best]
	var e struct {
		Pixels int64
		Score  struct{ Max float64 }
	}
	if err := json.Unmarshal([]byte(call{}.succeed(t, "explain", out, f.ID, "--json").stdout), &e); err != nil {
		t.Fatal(err)
	}
	if e.Pixels != f.Properties.Pixels || !near(e.Score.Max, f.Properties.ScoreMax, 1e-8) {
		t.Errorf("explained %+v, written %+v", e, f.Properties)
	}
}

// near reports whether two numbers agree to a share of them.
func near(a, b, share float64) bool { return max(a-b, b-a) <= share*max(a, b) }
