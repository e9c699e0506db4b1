package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"passdiff/raster"
)

// removal is what detect explain --json says of an option that would have removed a detection.
type removal struct{ Option string }

// TestExplainRemovals: each option that is said to have removed a detection does remove it, and one step less does not.
func TestExplainRemovals(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"cva", "auto"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			draw := func(name string, options ...string) string {
				p, err := parsePicture(append([]string{"size=260x240", "bands=4", "type=uint16", "strip=7"}, options...))
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, name)
				if err := p.write(path); err != nil {
					t.Fatal(err)
				}
				return path
			}
			before := draw("before.tif")
			after := draw("after.tif", "pass=1", "box=40,50,20,10", "box=120,60,31,31", "box=180,160,9,40")
			run := func(name string, more ...string) (out string, mask *raster.Block) {
				out, raw := filepath.Join(dir, name+".geojson"), filepath.Join(dir, name+".tif")
				call{}.succeed(t, append([]string{"run", before, after, out, "--no-georef", "--overwrite", "-q", "--method", method, "--mask-out", raw}, more...)...)
				b, err := readAll(raw)
				if err != nil {
					t.Fatal(err)
				}
				return out, b
			}
			out, _ := run("all")
			tried := 0
			for id, box := range boxes(t, out) {
				var e struct {
					Removals []removal `json:"would_remove"`
				}
				if err := json.Unmarshal([]byte(call{}.succeed(t, "explain", out, id, "--json").stdout), &e); err != nil {
					t.Fatal(err)
				}
				if len(e.Removals) < 3 {
					t.Errorf("%s: only %v would have removed it", id, e.Removals)
				}
				for _, r := range e.Removals {
					flag, value, _ := strings.Cut(r.Option, " ")
					if _, mask := run("gone", flag, value); marked(mask, box) > 0 {
						t.Errorf("%s: %s leaves %d pixels", id, r.Option, marked(mask, box))
					}
					less := oneLess(t, value)
					if less == "" {
						continue
					}
					if _, mask := run("left", flag, less); marked(mask, box) == 0 {
						t.Errorf("%s: %s removes it already, not only %s", id, less, value)
					}
					tried++
				}
			}
			if tried < 6 {
				t.Errorf("%d options were tried", tried)
			}
		})
	}
}

// oneLess is the next smaller value of an option; "" for an opening of 1, below which there is none.
func oneLess(t *testing.T, value string) string {
	t.Helper()
	switch {
	case value == "1":
		return ""
	case strings.HasSuffix(value, "px"):
		n, err := strconv.Atoi(strings.TrimSuffix(value, "px"))
		if err != nil {
			t.Fatal(err)
		}
		return strconv.Itoa(n-1) + "px"
	}
	prefix, number := "", value
	if v, ok := strings.CutPrefix(value, "fixed:"); ok {
		prefix, number = "fixed:", v
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatal(err)
	}
	if prefix == "" && !strings.Contains(number, ".") {
		return strconv.Itoa(int(v) - 1)
	}
	return prefix + strconv.FormatFloat(v*0.985, 'f', -1, 64) // a step is 1 % of the threshold at most, hysteresis has two decimals
}

// boxes are the detections of a file in pixel space: the windows around them, by id.
func boxes(t *testing.T, path string) map[string]raster.Window {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var fc struct {
		Features []struct {
			ID   string     `json:"id"`
			BBox [4]float64 `json:"bbox"`
		}
	}
	if err := json.Unmarshal(data, &fc); err != nil {
		t.Fatal(err)
	}
	found := map[string]raster.Window{}
	for _, f := range fc.Features {
		b := f.BBox
		found[f.ID] = raster.Window{X: int(b[0]), Y: int(-b[3]), W: int(b[2] - b[0]), H: int(b[3] - b[1])}
	}
	return found
}

// marked counts the changed pixels of a mask in a window.
func marked(mask *raster.Block, w raster.Window) (n int) {
	for y := w.Y; y < w.MaxY(); y++ {
		for x := w.X; x < w.MaxX(); x++ {
			if mask.Data.([]uint8)[y*mask.Window.W+x] == 1 {
				n++
			}
		}
	}
	return n
}
