package job

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"passdiff/change"
	"passdiff/cmd/detect/internal/bench"
	"passdiff/cmd/detect/internal/report"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// stored is a pair of files, by the name under which benchmarks list it.
type stored struct{ name, before, after string }

// storedPairs are a synthetic pair of 2048×2048 pixels in three ways and, where PASSDIFF_BENCH names two files separated by a colon, those.
func storedPairs(b *testing.B) (all []stored) {
	p := bench.Pair{Dir: b.TempDir(), Size: bench.Size{Width: 2048, Height: 2048}, Changed: bench.UsualChange}
	variants := []string{"deflate", "zstd", "none"}
	// In another process, because writing wants a larger block cache than reading.
	maker := exec.CommandContext(b.Context(), "go", append([]string{"run", "passdiff/cmd/detect/internal/bench/makepair", "-dir", p.Dir, "-size", "2048"}, variants...)...)
	if out, err := maker.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for _, v := range variants {
		all = append(all, stored{v, p.Before(v), p.After(v)})
	}
	if files := filepath.SplitList(os.Getenv("PASSDIFF_BENCH")); len(files) == 2 {
		all = append(all, stored{"own", files[0], files[1]})
	}
	return all
}

// info opens a scene to see what it is.
func info(b *testing.B, path string) raster.Info {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	return s.Info()
}

// BenchmarkRun is a whole run, from two files to polygons on the disk. Bytes are those of the decoded pixels of both passes, Mpx/s counts
// the pixels of one.
func BenchmarkRun(b *testing.B) {
	pairs := storedPairs(b)
	for _, name := range []string{"cva", "irmad", "auto"} {
		method, err := change.ParseMethod(name)
		if err != nil {
			b.Fatal(err)
		}
		for _, p := range pairs {
			for _, workers := range []int{1, 2} {
				b.Run(fmt.Sprintf("method=%s/storage=%s/workers=%d", name, p.name, workers), func(b *testing.B) {
					before, after := info(b, p.before), info(b, p.after)
					var bytes int64
					for _, i := range []raster.Info{before, after} {
						bytes += i.Grid.Window().Pixels() * int64(i.Bands*i.Type.Size())
					}
					b.SetBytes(bytes)
					out := filepath.Join(b.TempDir(), "out.geojson")
					for b.Loop() {
						j := Job{
							Before: p.before, After: p.after, Out: out, Overwrite: true, Method: method, Workers: workers,
							Report: new(report.Reporter),
						}
						if _, err := j.Run(b.Context()); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(before.Grid.Window().Pixels())*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mpx/s")
				})
			}
		}
	}
}
