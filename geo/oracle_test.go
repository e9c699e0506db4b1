package geo

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"passdiff/raster"
)

// The oracles are GDAL, GEOS and PROJ, asked through the Python packages of the operating system. PASSDIFF_LONG=1 runs them in
// full.

const python = "/usr/bin/python3"

func long() bool { return os.Getenv("PASSDIFF_LONG") == "1" }

// needPython skips a test, visibly, when a package is missing.
func needPython(t testing.TB, imports string) {
	t.Helper()
	if out, err := exec.Command(python, "-c", "import "+imports).CombinedOutput(); err != nil {
		t.Skipf("no oracle: %s with %s is not installed (%v: %.200s)", python, imports, err, out)
	}
}

// oracle is a running script.
type oracle struct {
	in  *bufio.Writer
	out *bufio.Reader
	end func() error
}

func startOracle(t testing.TB, script string, args ...string) *oracle {
	t.Helper()
	cmd := exec.Command(python, append([]string{filepath.Join("testdata", "oracle", script)}, args...)...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	o := &oracle{in: bufio.NewWriterSize(in, 1<<16), out: bufio.NewReaderSize(out, 1<<16)}
	o.end = func() error {
		if err := o.in.Flush(); err != nil {
			return err
		}
		return in.Close()
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	return o
}

func (o *oracle) put(t testing.TB, values ...any) {
	t.Helper()
	for _, v := range values {
		if err := binary.Write(o.in, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
}

// verdict closes the input and returns what the script printed: complaints and a last line of counts.
func (o *oracle) verdict(t testing.TB) (complaints []string, last string) {
	t.Helper()
	if err := o.end(); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(o.out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[:len(lines)-1], lines[len(lines)-1]
}

// appendWKB appends well-known binary of a polygon or multipolygon.
func appendWKB(b []byte, g orb.Geometry) []byte {
	le := binary.LittleEndian
	switch g := g.(type) {
	case orb.MultiPolygon:
		b = le.AppendUint32(append(b, 1), 6)
		b = le.AppendUint32(b, uint32(len(g)))
		for _, p := range g {
			b = appendWKB(b, p)
		}
	case orb.Polygon:
		b = le.AppendUint32(append(b, 1), 3)
		b = le.AppendUint32(b, uint32(len(g)))
		for _, r := range g {
			b = le.AppendUint32(b, uint32(len(r)))
			for _, v := range r {
				b = le.AppendUint64(b, math.Float64bits(v[0]))
				b = le.AppendUint64(b, math.Float64bits(v[1]))
			}
		}
	}
	return b
}

// proj is a Project that asks PROJ.
func proj(t testing.TB, crs string) func(x, y []float64) error {
	o := startOracle(t, "project.py", crs)
	return func(x, y []float64) error {
		o.put(t, int32(len(x)), x, y)
		if err := o.in.Flush(); err != nil {
			return err
		}
		if err := binary.Read(o.out, binary.LittleEndian, x); err != nil {
			return err
		}
		return binary.Read(o.out, binary.LittleEndian, y)
	}
}

// projScenes are grids of real CRSs for masks of w×h pixels.
func projScenes(t testing.TB, w, h int) []scene {
	g := func(crs string, a ...float64) scene {
		return scene{crs, raster.Grid{CRS: crs, Affine: raster.Affine(a), Width: w, Height: h}, proj(t, crs)}
	}
	fw, fh := float64(w), float64(h)
	return []scene{
		g("EPSG:4326", 7.3, 0.0001, 0, 46.2, 0, -0.0001),
		g("EPSG:4326", 180-0.05*fw, 0.1, 0, -15.5, 0, -0.1),
		g("EPSG:32632", 399960, 10, 0, 5300040, 0, -10),
		g("EPSG:32733", 600000, 0.5, 0, 7200000, 0, -0.5),
		g("EPSG:32736", 312345.67, 0.02, 0, 8101234.56, 0, -0.02),
		g("EPSG:32632", 5e5, 2.4, 1.8, 5.4e6, 1.8, -2.4), // turned by 36.87°
		g("EPSG:32645", 5e5, 30, 11, 3.1e6, -7, -28),     // sheared
		g("EPSG:32601", 207000-2*fw, 4, 0, 7.1e6, 0, -4), // 180° near 207 km east at 64° N
		g("EPSG:32760", 730000, 60, 25, 8.0e6, 25, -60),  // towards 180° in the south
		g("EPSG:3413", -12.5e3*fw/2, 12.5e3, 0, 12.5e3*fh/2, 0, -12.5e3),
		g("EPSG:3413", -1.2e6, 60, 0, -2.1e6, 0, -60),
		g("EPSG:3031", -500*math.Floor(fw/2), 500, 0, 500*math.Floor(fh/2), 0, -500),
		g("EPSG:3995", -300*fw, 300, 90, 170*fh, 80, -300),
		g("EPSG:3857", 1.2e6, 1.2, 0, 6.1e6, 0, -1.2),
		g("EPSG:2193", 1.75e6, 5, 0, 5.42e6, 0, -5),
		g("EPSG:6933", 1.736753041e7-9000*math.Floor(fw/2), 9000, 0, 6e6, 0, -9000), // global equal-area, at its right edge
	}
}

// oracleMasks are n masks from 1×1 to 300×300 pixels, 1 to 60 % changed, after the named shapes.
func oracleMasks(n, most int) func(yield func(mask) bool) {
	return func(yield func(mask) bool) {
		for _, name := range []string{"pixel", "corner touch", "corner pair", "eight", "ring open at a corner", "checkerboard", "spiral", "comb", "nested", "lattice"} {
			if !yield(shapes()[name]) {
				return
			}
			n--
		}
		r := rand.New(rand.NewPCG(20, 24))
		for ; n > 0; n-- {
			// Sides are spread over their magnitudes.
			w := int(math.Exp(r.Float64() * math.Log(float64(most)+0.9)))
			h := int(math.Exp(r.Float64() * math.Log(float64(most)+0.9)))
			if n == 1 {
				w, h = most, most
			}
			if !yield(randomMask(r, w, h, 0.01+0.59*r.Float64())) {
				return
			}
		}
	}
}

func TestOraclePolygonize(t *testing.T) {
	needPython(t, "osgeo.gdal, shapely, numpy")
	o := startOracle(t, "polygonize.py")
	var tr Tracer
	n := 0
	for m := range oracleMasks(1000, 300) {
		bytes := make([]byte, len(m.on))
		for i, on := range m.on {
			if on {
				bytes[i] = 1
			}
		}
		rs := m.regions()
		o.put(t, int32(m.w), int32(m.h), bytes, int32(len(rs)))
		for _, runs := range rs {
			b := appendWKB(nil, tr.Trace(runs))
			o.put(t, int32(len(b)), b)
			n++
		}
	}
	complaints, last := o.verdict(t)
	for _, c := range complaints[:min(len(complaints), 20)] {
		t.Error(c)
	}
	t.Log(last)
	if !strings.HasPrefix(last, fmt.Sprintf("compared %d polygons of 1000 masks", n)) {
		t.Errorf("of %d polygons: %s", n, last)
	}
}

func TestOracleValidity(t *testing.T) {
	needPython(t, "shapely, pyproj, numpy")
	want := 20_000
	if long() {
		want = 1_000_000
	}
	const w, h = 300, 300
	all := append(scenes(w, h), projScenes(t, w, h)...)
	var o *oracle
	var tr Tracer
	n, raised, parts := 0, 0, 0
	r := rand.New(rand.NewPCG(1, 9))
	o = startOracle(t, "valid.py")
	locators := make([]Locator, len(all))
	for k, s := range all {
		locators[k] = s.locator(t)
	}
	for m := range oracleMasks(10, 1) { // the named shapes
		for _, runs := range m.regions() {
			for k, s := range scenes(m.w, m.h) {
				l := locators[k]
				if s.project != nil {
					l = s.locator(t)
				}
				p, err := l.Place(tr.Trace(runs))
				if err != nil {
					t.Fatalf("%s: %v", s.name, err)
				}
				b := appendWKB(nil, p.Geometry)
				o.put(t, int32(len(b)), b, p.Inside[0], p.Inside[1])
				n++
			}
		}
	}
	for round := 0; n < want; round++ {
		// Sides are spread over their magnitudes; every 50th mask is as large as they come.
		mw, mh := int(math.Exp(r.Float64()*math.Log(w+0.9))), int(math.Exp(r.Float64()*math.Log(h+0.9)))
		if round%50 == 49 {
			mw, mh = w, h
		}
		rs := randomMask(r, mw, mh, 0.01+0.59*r.Float64()).regions()
		for i, runs := range rs {
			for k := range all {
				// Small masks go to every scene; of large ones each scene takes its share.
				if len(rs) > 40 && (i+round)%len(all) != k {
					continue
				}
				p, err := locators[k].Place(tr.Trace(runs))
				if err != nil {
					t.Fatalf("%s: %v", all[k].name, err)
				}
				if p.Decimals > locators[k].Decimals {
					raised++
				}
				if _, ok := p.Geometry.(orb.MultiPolygon); ok {
					parts++
				}
				b := appendWKB(nil, p.Geometry)
				o.put(t, int32(len(b)), b, p.Inside[0], p.Inside[1])
				n++
			}
		}
	}
	complaints, last := o.verdict(t)
	for _, c := range complaints[:min(len(complaints), 20)] {
		t.Error(c)
	}
	t.Logf("%s; %d cut at the meridian, %d written with more decimals", last, parts, raised)
	if !strings.HasPrefix(last, fmt.Sprintf("checked %d ", n)) {
		t.Errorf("of %d polygons: %s", n, last)
	}
}
