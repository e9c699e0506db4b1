// Command peers times complete pipelines of other tools beside detect on the same pair, in alternation, and writes a table for each way to
// store the pair. Peers are the scripts of cmd/detect/testdata/peers.
//
//	go run ./cmd/detect/internal/bench/peers -dir build/bench -size 10240 -runs 5 deflate zstd none
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"passdiff/cmd/detect/internal/bench"
)

// options are what the command line says.
type options struct {
	pair          bench.Pair
	runs, workers int
	detect        string // path of the program
	scripts       string // folder of the peers
	table         string // path of the tables
	variants      []string
}

func main() {
	o := options{scripts: filepath.Join("cmd", "detect", "testdata", "peers")}
	flag.StringVar(&o.pair.Dir, "dir", "build/bench", "folder of the pair, of outputs and of the tables, peers.md")
	size := flag.String("size", "10240", "size of the pair")
	flag.Float64Var(&o.pair.Changed, "changed", bench.UsualChange, "changed share of the pair")
	flag.IntVar(&o.runs, "runs", 5, "rounds that count")
	flag.IntVar(&o.workers, "workers", 2, "workers of detect, and threads of the peers")
	flag.StringVar(&o.detect, "detect", "bin/detect", "the program")
	flag.Parse()
	o.table, o.variants = filepath.Join(o.pair.Dir, "peers.md"), flag.Args()
	var err error
	if o.pair.Size, err = bench.ParseSize(*size); err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	machine, err := bench.Machine(o.detect)
	if err != nil {
		return err
	}
	page := fmt.Sprintf("# detect beside other tools\n\nFrom two files to polygons in longitude and latitude; %v pixels of 4 bands uint16, %g %% changed.\n"+
		"%d rounds in alternation after one to warm up, %d workers, warm cache. Median (least–greatest); a ratio is formed within a round,\n"+
		"peer ÷ detect. Peak is the largest process. MAD is one iteration of IR-MAD and ends at a raster.\n\n%s, %s\n",
		o.pair.Size.Text(), 100*o.pair.Changed, o.runs, o.workers, machine,
		bench.Versions("gdal-bin", "python3-rasterio", "python3-skimage", "python3-geopandas", "python3-numpy", "otb-bin"))
	for _, variant := range o.variants {
		fmt.Fprintln(os.Stderr, variant)
		samples, err := bench.Alternate(o.commands(variant), o.runs, os.Stderr)
		if err != nil {
			return err
		}
		page += fmt.Sprintf("\n## %s\n\n%s\n%s\n", variant, table(samples), samples.Disturbance())
	}
	fmt.Print(page)
	return os.WriteFile(o.table, []byte(page), 0o644)
}

// Peers by the names of their rows, and the methods of detect, which are rows and columns.
var (
	peers = []struct{ name, script, out string }{
		{"GDAL tools", "gdal.sh", "gdal.geojson"},
		{"scikit-image", "scikit_image.py", "scikit_image.geojson"},
		{"Orfeo ToolBox BandMath", "otb.sh", "otb.geojson"},
		{"Orfeo ToolBox MAD, raster only", "otb_mad.sh", "otb_mad.tif"},
	}
	methods = []string{"cva", "irmad", "auto"}
)

// detectRow is the name of the row of a method.
func detectRow(method string) string { return "detect " + method }

// commands are those of one variant, in the order of a round.
func (o options) commands(variant string) (all []bench.Command) {
	before, after := o.pair.Before(variant), o.pair.After(variant)
	threads := strconv.Itoa(o.workers)
	for _, p := range peers {
		out := filepath.Join(o.pair.Dir, p.out)
		all = append(all, bench.Command{
			Name: p.name, Args: []string{filepath.Join(o.scripts, p.script), before, after, out}, Out: out,
			Env: []string{"GDAL_NUM_THREADS=" + threads, "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS=" + threads, "WORKERS=" + threads},
		})
	}
	for _, m := range methods {
		all = append(all, bench.Detect(detectRow(m), o.detect, before, after, filepath.Join(o.pair.Dir, "detect_"+m+".geojson"), m, o.workers))
	}
	return all
}

// table has a row for each command and a column of ratios for each method.
func table(s bench.Samples) *bench.Table {
	t := bench.NewTable("", "wall, s", "CPU, s", "peak, MiB", "features", "÷ cva", "÷ irmad", "÷ auto")
	row := func(name string, ratios ...any) {
		features := any("–")
		if n := s.Features(name); n > 0 {
			features = n
		}
		t.Row(append([]any{name, s.Wall(name), s.CPU(name), s.Peak(name), features}, ratios...)...)
	}
	for _, p := range peers {
		var ratios []any
		for _, m := range methods {
			ratios = append(ratios, s.WallRatio(p.name, detectRow(m)))
		}
		row(p.name, ratios...)
	}
	for _, m := range methods {
		row(detectRow(m), "", "", "")
	}
	return t
}
