package job

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"passdiff/cmd/detect/internal/report"
	"passdiff/raster/gdal"
)

// BenchmarkRun is a whole run, from two files to polygons on the disk. The pairs are those of testdata/tiles and, where PASSDIFF_BENCH names
// two files separated by a colon, that pair. Bytes are those of the decoded pixels of both passes.
func BenchmarkRun(b *testing.B) {
	const tiles = "../../../../testdata/tiles/"
	pairs := map[string][2]string{}
	for _, n := range []string{"farmland", "coast", "plain"} {
		pairs[n] = [2]string{tiles + n + "_before.tif", tiles + n + "_after.tif"}
	}
	names := []string{"farmland", "coast", "plain"}
	if files := filepath.SplitList(os.Getenv("PASSDIFF_BENCH")); len(files) == 2 {
		pairs["own"] = [2]string{files[0], files[1]}
		names = append(names, "own")
	}
	for _, name := range names {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("method=cva/pair=%s/workers=%d", name, workers), func(b *testing.B) {
				var bytes int64
				for _, path := range pairs[name] {
					s, err := gdal.Open(path, gdal.OpenOptions{})
					if err != nil {
						b.Fatal(err)
					}
					i := s.Info()
					bytes += i.Grid.Window().Pixels() * int64(i.Bands*i.Type.Size())
					s.Close()
				}
				b.SetBytes(bytes)
				out := filepath.Join(b.TempDir(), "out.geojson")
				for b.Loop() {
					j := Job{
						Before: pairs[name][0], After: pairs[name][1], Out: out, Overwrite: true, Workers: workers,
						Report: new(report.Reporter),
					}
					if _, err := j.Run(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
