package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
	"passdiff/geo"
)

// writeFeed writes a pass of a series as detect run would have: features, record, coverage.
func writeFeed(t testing.TB, dir string, f *track.Feed) string {
	t.Helper()
	path := filepath.Join(dir, f.Name)
	write := func(name string, data []byte) {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	w := geo.NewWriter(&out, geo.Format{})
	for _, d := range f.Features {
		if err := w.Write(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(path, out.Bytes())

	type object = map[string]any
	record, err := json.Marshal(object{
		"schema": "passdiff-run/1", "parameters": object{"job_id": nil, "aoi_id": nil}, "machine": object{"finished": time.Now()},
		"before":    object{"name": f.SrcBefore, "acquired": f.TBefore},
		"after":     object{"name": f.SrcAfter, "acquired": f.TAfter},
		"alignment": object{"kind": "same grid"},
		"counts":    object{"features": len(f.Features)},
		"coverage":  []object{{"class": "observed", "pixels": 1000}},
	})
	if err != nil {
		t.Fatal(err)
	}
	write(path+".run.json", record)

	out.Reset()
	w = geo.NewWriter(&out, geo.Format{})
	b := f.Observed.Bound()
	placed := geo.Placed{Geometry: f.Observed[0], Bbox: geo.Bbox{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}
	if err := w.WriteCoverage(&geo.Coverage{ID: "observed-1", Class: "observed", Pixels: 1000, Placed: placed}); err != nil {
		t.Fatal(err)
	}
	for i, hole := range f.Observed[0][1:] {
		masked := geo.Placed{Geometry: orb.Polygon{hole}}
		if err := w.WriteCoverage(&geo.Coverage{ID: fmt.Sprintf("masked-%d", i+1), Class: "masked", Placed: masked}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(strings.TrimSuffix(path, ".geojson")+".coverage.geojson", out.Bytes())
	return path
}

// trackExport is what detect writes of all positions of a copy of a store, so that the store itself stays as it is.
func trackExport(t testing.TB, store string) string {
	t.Helper()
	dir := t.TempDir()
	for _, suffix := range []string{"", "-journal"} { // with what an unfinished transaction left
		data, err := os.ReadFile(store + suffix)
		if os.IsNotExist(err) && suffix != "" {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "copy.gpkg"+suffix), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return call{dir: dir}.succeed(t, "track", "copy.gpkg", "--export", "all", "-", "-q").stdout
}

// TestTrackKilledLong kills feeding at many moments: the store holds what it held before, or all that was fed, and a new one is not there or whole.
func TestTrackKilledLong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := series.New(series.Options{Seed: 2, Objects: 400, Passes: 6, Cloud: 0.2, Jitter: 0.1})
	var outs []string
	for _, f := range s.Feeds {
		outs = append(outs, writeFeed(t, dir, f))
	}
	first := filepath.Join(dir, "first.gpkg")
	call{}.succeed(t, append([]string{"track", first, "-q"}, outs[:3]...)...)
	whole := filepath.Join(dir, "whole.gpkg")
	begun := time.Now()
	call{}.succeed(t, append([]string{"track", whole, "-q"}, outs...)...)
	took := time.Since(begun)
	olds, news := trackExport(t, first), trackExport(t, whole)
	if olds == news || strings.Count(news, "\n") < 250 {
		t.Fatalf("%d and %d bytes are exported", len(olds), len(news))
	}
	base, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	kills := 12
	if os.Getenv("PASSDIFF_LONG") != "" {
		kills = 60
	}
	seen := map[string]int{}
	for i := range kills {
		store := filepath.Join(t.TempDir(), "store.gpkg")
		makes := i%3 == 2 // a store that is not there yet
		if !makes {
			if err := os.WriteFile(store, base, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		cmd := call{}.command(t, append([]string{"track", store, "-q"}, outs...)...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(took * time.Duration(5*i) / time.Duration(4*kills)) // the last ones find it done
		cmd.Process.Kill()                                             // it may have ended
		cmd.Wait()
		if _, err := os.Stat(store); makes && os.IsNotExist(err) {
			seen["none"]++
			continue
		}
		switch got := trackExport(t, store); got {
		case olds:
			seen["old"]++
		case news:
			seen["new"]++
		default:
			t.Errorf("killed after %d/%d: the store holds neither the old nor the new state", i, kills)
		}
		call{}.succeed(t, append([]string{"track", store, "-q"}, outs...)...)
		if trackExport(t, store) != news {
			t.Errorf("killed after %d/%d: fed again, the store does not hold all", i, kills)
		}
	}
	t.Logf("%v, of a feeding of %v", seen, took)
}
