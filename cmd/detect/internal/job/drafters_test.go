package job

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"passdiff/change"
	"passdiff/geo"
	"passdiff/raster"
)

// blocks are n regions of 2×2 pixels of a grid of 1 m pixels, one below the other.
func blocks(n int) (raster.Grid, []*change.Region) {
	g := raster.Grid{Affine: raster.Affine{500000, 1, 0, 5_600_000, 0, -1}, Width: 8, Height: 4 * n, CRS: "EPSG:32633"}
	var all []*change.Region
	for i := range n {
		y := int32(4 * i)
		z := []float64{0}
		all = append(all, &change.Region{
			Runs: []raster.Run{{Y: y, X0: 2, X1: 4}, {Y: y + 1, X0: 2, X1: 4}}, Pixels: 4, ScoreMax: float64(i), Inside: [2][]float64{z, z},
		})
	}
	return g, all
}

func featuresOf(t *testing.T, g raster.Grid, w io.Writer, workers int) *features {
	t.Helper()
	p, err := newPlace(g)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return &features{
		name: "out.geojson", w: geo.NewWriter(w, geo.Format{}), workers: workers,
		one: drafter{sketch: &sketch{grid: g, pair: "a b"}, place: p},
	}
}

// TestFeaturesKeepTheirOrder: any number of goroutines writes the same bytes, for fewer regions than a batch has and for many batches.
func TestFeaturesKeepTheirOrder(t *testing.T) {
	for _, n := range []int{0, 3, batchSize, 10*batchSize + 7} {
		var want string
		for _, workers := range []int{1, 2, 7} {
			g, regions := blocks(max(1, n))
			var out bytes.Buffer
			f := featuresOf(t, g, &out, workers)
			for _, r := range regions[:n] {
				if err := f.add(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := f.close(); err != nil {
				t.Fatal(err)
			}
			f.abandon() // after close it does nothing
			if k := bytes.Count(out.Bytes(), []byte(`"Feature"`)); k != n {
				t.Fatalf("%d regions make %d features", n, k)
			}
			if want == "" {
				want = out.String()
			}
			if out.String() != want {
				t.Errorf("%d regions: %d workers write otherwise", n, workers)
			}
		}
	}
}

// fullAfter is a writer that has room for so many bytes.
type fullAfter struct{ room int }

var errFull = errors.New("full")

func (w *fullAfter) Write(b []byte) (int, error) {
	if w.room -= len(b); w.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// TestFeaturesStop: after an error of writing, or of a region that has no place, add says so, nothing goes on, and no goroutine is left.
func TestFeaturesStop(t *testing.T) {
	for name, spoil := range map[string]func(*features, []*change.Region){
		"full disk": func(f *features, _ []*change.Region) { f.w = geo.NewWriter(&fullAfter{200_000}, geo.Format{}) },
		"no place": func(_ *features, r []*change.Region) {
			far := r[3*batchSize]
			for i := range far.Runs {
				far.Runs[i].X0, far.Runs[i].X1 = 1<<30, 1<<30+2 // beyond what the CRS can say
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			g, regions := blocks(40 * batchSize)
			f := featuresOf(t, g, io.Discard, 3)
			spoil(f, regions)
			var err error
			for _, r := range regions {
				if err = f.add(r); err != nil {
					break
				}
			}
			if err == nil {
				err = f.close()
			}
			if err == nil {
				t.Error("no error")
			}
			f.abandon()
			for wait := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; {
				if time.Now().After(wait) {
					t.Fatalf("%d goroutines more than before", runtime.NumGoroutine()-before)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
}
