package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/bench"
	"passdiff/cmd/detect/internal/bench/pair"
)

// needs are the programs without which a script cannot run.
var needs = map[string][]string{
	"gdal.sh":         {"gdal_calc.py", "gdal_sieve.py", "gdal_polygonize.py", "ogr2ogr"},
	"scikit_image.py": {"/usr/bin/python3"},
	"otb.sh":          {"otbcli_BandMath", "gdal_sieve.py", "gdal_polygonize.py", "ogr2ogr"},
	"otb_mad.sh":      {"otbcli_MultivariateAlterationDetector"},
}

// TestPeersDoTheWork: each script finds the objects of a small pair. By hand, of 5 to 400 log-uniform px a ninth have fewer than the 8 that
// peers drop, and opening takes some of the narrow ones.
func TestPeersDoTheWork(t *testing.T) {
	p := bench.Pair{Dir: t.TempDir(), Size: bench.Size{Width: 800, Height: 700}, Changed: 0.02}
	if err := pair.Write(t.Context(), p, []string{"deflate"}); err != nil {
		t.Fatal(err)
	}
	const objects = 0.02 * 800 * 700 / 91.4
	o := options{pair: p, workers: 2, scripts: filepath.Join("..", "..", "..", "testdata", "peers")}
	for i, c := range o.commands("deflate")[:len(peers)] {
		t.Run(peers[i].script, func(t *testing.T) {
			for _, program := range needs[peers[i].script] {
				if _, err := exec.LookPath(program); err != nil {
					t.Skip(err)
				}
			}
			if peers[i].script == "scikit_image.py" && exec.Command("/usr/bin/python3", "-c", "import geopandas, rasterio, skimage").Run() != nil {
				t.Skip("geopandas, rasterio or skimage is missing")
			}
			s, err := c.Run()
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(c.Out) == ".geojson" && (float64(s.Features) < 0.7*objects || float64(s.Features) > objects) {
				t.Errorf("%d features of about %.0f objects", s.Features, objects)
			}
		})
	}
}

func TestTable(t *testing.T) {
	s := bench.Samples{}
	for i, c := range (options{}).commands("none") {
		s[c.Name] = []bench.Sample{{Wall: time.Duration(i+1) * time.Second, CPU: time.Second, Peak: 1 << 20}}
	}
	rows := strings.Split(strings.TrimSpace(table(s).String()), "\n")
	if len(rows) != 2+len(peers)+len(methods) {
		t.Fatalf("%d rows", len(rows))
	}
	// The first peer took 1 s, cva, irmad and auto, after four peers, 5, 6 and 7 s.
	if !strings.HasSuffix(rows[2], "| – | 0.200 (0.200–0.200) | 0.167 (0.167–0.167) | 0.143 (0.143–0.143) |") {
		t.Error(rows[2])
	}
}
