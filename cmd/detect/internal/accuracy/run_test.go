package accuracy

import (
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
)

const root = "../../../.."

// folder makes a folder of labelled pairs from testdata/tiles: coast as it is, and as delivered.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for to, from := range map[string]string{
		"tiles_coast/before.tif": "coast_before.tif", "tiles_coast/after.tif": "coast_after.tif", "tiles_coast/truth.tif": "coast_truth.tif",
		"tiles_coast/after_asdelivered.tif": "coast_after.tif", "notruth_coast/truth.tif": "coast_truth.tif", "unlabelled/before.tif": "coast_before.tif",
	} {
		data, err := os.ReadFile(filepath.Join(root, "testdata", "tiles", from))
		if err != nil {
			t.Fatal(err)
		}
		to = filepath.Join(dir, to)
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestRun goes from a folder to outcomes and a picture.
func TestRun(t *testing.T) {
	pairs, err := Find(folder(t))
	if err != nil || len(pairs) != 2 || pairs[0].Label() != "tiles_coast" || pairs[1].Label() != "tiles_coast-asdelivered" {
		t.Fatalf("%+v, %v", pairs, err)
	}
	var outcomes []*Outcome
	for _, p := range pairs {
		o, err := Chain{Method: change.CVA{}}.Run(t.Context(), p) // coast's objects are small
		if err != nil {
			t.Fatal(err)
		}
		outcomes = append(outcomes, o)
	}
	o := outcomes[0]
	if outcomes[1].Comparison != o.Comparison {
		t.Errorf("the same files give %+v and %+v", o.Comparison, outcomes[1].Comparison)
	}
	// testdata/tiles/README.md: 5711 pixels of 448×400 changed, none unobservable.
	if n := o.Pixels.TP + o.Pixels.FN; n != 5711 || n+o.Pixels.FP+o.Pixels.TN != 448*400 || o.Pixels.F1() < 0.8 {
		t.Errorf("%+v", o.Pixels)
	}
	// A score that sorts well has a higher ceiling than what the chain reaches, but not above 1.
	if r := o.Ranking; r.AUCPR < 0.8 || r.AUCPR > 1 || r.BestF1 < 0.8 || r.BestF1 > 1 || r != outcomes[1].Ranking {
		t.Errorf("%+v and %+v", r, outcomes[1].Ranking)
	}
	if o.Method == "" || o.Threshold == "" {
		t.Errorf("the record says method %q, threshold %q", o.Method, o.Threshold)
	}

	img, err := o.Picture(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 4*448+3*gutter || b.Dy() != 400 {
		t.Fatalf("the picture is %v", b)
	}
	count := map[color.Color]int{}
	for y := range 400 {
		for x := range 448 {
			count[img.At(3*(448+gutter)+x, y)]++
		}
	}
	if got := (Pixels{count[hit], count[falsely], count[missed], count[unchanged]}); got != o.Pixels {
		t.Errorf("the result has the colours of %+v, want %+v", got, o.Pixels)
	}

	// Nothing reaches the highest threshold.
	none, err := Chain{Method: change.CVA{}, Threshold: change.Fixed(1e30)}.Run(t.Context(), pairs[0])
	if err != nil || none.Pixels.TP+none.Pixels.FP != 0 || none.Objects.Detections != 0 {
		t.Errorf("%+v, %v", none, err)
	}
}

// TestErrors wants exit 4 for what is wrong with the data.
func TestErrors(t *testing.T) {
	_, missing := Find(filepath.Join(t.TempDir(), "nowhere"))
	_, empty := Find(t.TempDir())
	dir := folder(t)
	if err := os.Remove(filepath.Join(dir, "tiles_coast", "before.tif")); err != nil {
		t.Fatal(err)
	}
	_, noBefore := Chain{}.Run(t.Context(), Pair{Dir: filepath.Join(dir, "tiles_coast")})
	_, noTruth := Chain{}.Run(t.Context(), Pair{Dir: filepath.Join(dir, "unlabelled")})
	for what, err := range map[string]error{"nowhere": missing, "no labelled pair": empty, "before.tif": noBefore, "truth.tif": noTruth} {
		if exit.Of(t.Context(), err) != exit.Input || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestChain: names as on the command line and in file names.
func TestChain(t *testing.T) {
	for _, c := range []struct {
		c            Chain
		name, suffix string
	}{
		{Chain{}, "detect run", ""},
		{Chain{Threshold: change.Kittler{}}, "detect run --threshold kittler", "-kittler"},
		{Chain{Method: change.CVA{}, Threshold: change.Fixed(4)}, "detect run --method cva --threshold fixed:4", "-cva-fixed-4"},
		{Chain{Method: change.Auto{}, Quarter: true}, "detect run --method auto --fit quarter", "-auto-quarter"},
	} {
		if c.c.String() != c.name || c.c.Suffix() != c.suffix {
			t.Errorf("%q %q, want %q %q", c.c, c.c.Suffix(), c.name, c.suffix)
		}
	}
}
