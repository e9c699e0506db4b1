package score

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// write stores a raster of bytes.
func write(t *testing.T, name string, values []uint8, grid raster.Grid, o gdal.CreateOptions) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	sink, err := gdal.Create(path, grid, o)
	if err != nil {
		t.Fatal(err)
	}
	var b raster.Block
	b.Shape(grid.Window(), 1, raster.Uint8)
	copy(b.Data.([]uint8), values)
	if err := errors.Join(sink.WriteBlock(b.Window, &b), sink.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// atRandom is a raster of few classes: every other one lacks one of them.
func atRandom(r *rand.Rand, n int) []uint8 {
	of := [][]uint8{{0, 1, 255}, {0, 0, 0, 1}, {0}, {1}, {0, 255}, {1, 255}, {255}}[r.IntN(7)]
	v := make([]uint8, n)
	for i := range v {
		v[i] = of[r.IntN(len(of))]
	}
	return v
}

// TestSameAsCompare: files give what accuracy.Compare makes of the rasters, in blocks of any shape; JSON, CSV and table hold neither NaN nor
// infinity, and JSON and CSV the same values.
func TestSameAsCompare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	scored := 0
	for n := range 60 {
		grid := raster.Grid{Width: 1 + r.IntN(90), Height: 1 + r.IntN(90)}
		if n%2 == 0 {
			grid.CRS, grid.Affine = "EPSG:32631", raster.Affine{500000, 10, 0, 5700000, 0, -10}
		}
		mask, truth := atRandom(r, grid.Width*grid.Height), atRandom(r, grid.Width*grid.Height)
		j := Job{
			Out:    write(t, "mask.tif", mask, grid, gdal.CreateOptions{Tile: 16}),
			Truth:  write(t, "truth.tif", truth, grid, gdal.CreateOptions{StripRows: 1 + r.IntN(20)}),
			Report: &report.Reporter{},
		}
		got, err := j.Run(t.Context())
		want := accuracy.Compare(mask, truth, grid.Width)
		if want.Pixels == (accuracy.Pixels{}) {
			if exit.Of(t.Context(), err) != exit.Input {
				t.Errorf("nothing labelled: %v", err)
			}
			continue
		} else if err != nil {
			t.Fatal(err)
		}
		scored++
		if p := got.Pixels; (accuracy.Pixels{TP: p.TP, FP: p.FP, FN: p.FN, TN: p.TN}) != want.Pixels {
			t.Errorf("%+v, want %+v", p, want.Pixels)
		}
		if o := got.Objects; o.Truth != want.Objects.Known || o.TruthMatched != want.Objects.FoundMatched || o.Detections != want.Objects.Detections || o.DetectionsTouching != want.Objects.Real {
			t.Errorf("%+v, want %+v", o, want.Objects)
		}
		checkForms(t, got)
	}
	if scored < 30 {
		t.Errorf("%d of 60 had labels", scored)
	}
}

func checkForms(t *testing.T, r *Result) {
	t.Helper()
	var object, table, line bytes.Buffer
	if err := errors.Join(r.WriteJSON(&object), r.WriteCSV(&line), r.WriteTable(&table)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{object.String(), line.String(), table.String()} {
		if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
			t.Fatal(s)
		}
	}
	rows, err := csv.NewReader(&line).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var back Result
	d := json.NewDecoder(&object)
	d.DisallowUnknownFields()
	if err := d.Decode(&back); err != nil {
		t.Fatal(err)
	}
	cell := func(name string) string {
		i := slices.Index(rows[0], name)
		if i < 0 {
			t.Fatalf("no column %s in %v", name, rows[0])
		}
		return rows[1][i]
	}
	number := func(v *float64) string {
		if v == nil {
			return ""
		}
		b, _ := json.Marshal(*v)
		return string(b)
	}
	for name, want := range map[string]string{
		"schema": Schema, "pixels_tp": fmt.Sprint(back.Pixels.TP), "pixels_kappa": number(back.Pixels.Kappa), "objects_f1": number(back.Objects.F1),
		"sizes_25_to_100_recall": number(back.Sizes[1].Recall), "sizes_1600_up_to_px": "", "area_changed_high": number(back.Area.ChangedHigh),
		"notes": strings.Join(back.Notes, "; "), "out_kind": "raster", "grid_pixel_m2": number(back.Grid.PixelM2),
	} {
		if got := cell(name); got != want {
			t.Errorf("column %s is %q, the object has %q", name, got, want)
		}
	}
	if seen := slices.Compact(slices.Sorted(slices.Values(rows[0]))); len(seen) != len(rows[0]) {
		t.Errorf("names twice among %v", rows[0])
	}
}

// TestColumnsAlways: the names do not depend on what is known.
func TestColumnsAlways(t *testing.T) {
	grid := raster.Grid{Width: 3, Height: 1}
	var heads []string
	for _, c := range [][2][]uint8{{{0, 1, 1}, {0, 1, 0}}, {{0, 0, 0}, {0, 255, 0}}, {{255, 255, 255}, {1, 1, 1}}} {
		j := Job{Out: write(t, "m.tif", c[0], grid, gdal.CreateOptions{}), Truth: write(t, "t.tif", c[1], grid, gdal.CreateOptions{}), Report: &report.Reporter{}}
		r, err := j.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := r.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		head, _, _ := strings.Cut(b.String(), "\n")
		heads = append(heads, head)
	}
	if heads = slices.Compact(heads); len(heads) != 1 {
		t.Errorf("%q", heads)
	}
}

func TestClassify(t *testing.T) {
	dst := make([]uint8, 4)
	for _, c := range []struct {
		data  any
		valid []uint8
		want  []uint8
		bad   int // −1 for none
	}{
		{[]uint8{9, 0, 1, 255, 1}, nil, []uint8{0, 1, 255, 1}, -1},
		{[]int16{9, 0, 1, -1, 255}, []uint8{255, 0, 0, 255}, []uint8{0, 255, 255, 255}, -1},
		{[]float32{9, 0, 1, 255, 0.5}, nil, nil, 3},
		{[]float64{9, 0, 1, 1, -9999}, []uint8{255, 255, 255, 0}, []uint8{0, 1, 1, 255}, -1},
		{[]int8{9, 0, -1, 1, 1}, nil, nil, 1},
		{[]uint16{9, 0, 1, 1, 256}, nil, nil, 3},
		{[]uint32{9, 1, 1, 1, 1}, nil, []uint8{1, 1, 1, 1}, -1},
		{[]int32{9, 0, 0, 0, 0}, nil, []uint8{0, 0, 0, 0}, -1},
	} {
		column, ok := classes(dst, c.data, 1, c.valid)
		if ok != (c.bad < 0) || ok && !slices.Equal(dst, c.want) || !ok && column != c.bad {
			t.Errorf("%v: %v, column %d, %v", c.data, dst, column, ok)
		}
	}
}

// TestStopped: a cancelled context ends a comparison, and a writer that fails is heard of.
func TestStopped(t *testing.T) {
	grid := raster.Grid{Width: 2, Height: 2}
	path := write(t, "m.tif", []uint8{0, 1, 1, 0}, grid, gdal.CreateOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	j := Job{Out: path, Truth: path, Report: &report.Reporter{}}
	if _, err := j.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	r, err := j.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []func(io.Writer) error{r.WriteJSON, r.WriteCSV, r.WriteTable} {
		if form(full{}) == nil {
			t.Error("no error of a full disk")
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }
