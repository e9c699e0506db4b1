package gdal

import (
	"path/filepath"
	"testing"

	"passdiff/raster"
)

// BenchmarkOnto puts a deflated scene of two 16-bit bands onto a grid of the neighbouring UTM zone, and of its own for comparison, in windows
// of the blocks that Info names.
func BenchmarkOnto(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.tif")
	src := grid("EPSG:32632", 262300, 4988300, 10, 10, 2048, 2048)
	v := noise(1, 1<<16, 4000)
	write(b, path, src, CreateOptions{Bands: 2, Type: raster.Uint16, Tile: 512}, func(band, x, y int) float64 { return v[(band*7919+y*911+x*31)%len(v)] }, nil)
	for _, c := range []struct {
		name, method string
		onto         *raster.Grid
	}{
		{"own", "", nil},
		{"shifted", raster.Bilinear, &raster.Grid{CRS: src.CRS, Affine: raster.Affine{262303, 10, 0, 4988296, 0, -10}, Width: 2040, Height: 2040}},
		{"zone", raster.Nearest, &raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{735300, 10, 0, 4988000, 0, -10}, Width: 2000, Height: 2000}},
		{"zone", raster.Bilinear, &raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{735300, 10, 0, 4988000, 0, -10}, Width: 2000, Height: 2000}},
		{"zone", raster.Cubic, &raster.Grid{CRS: "EPSG:32631", Affine: raster.Affine{735300, 10, 0, 4988000, 0, -10}, Width: 2000, Height: 2000}},
	} {
		b.Run("grid="+c.name+"/method="+c.method, func(b *testing.B) {
			var s raster.Source = open(b, path, OpenOptions{})
			if c.onto != nil {
				s = resampled(b, s, *c.onto, c.method)
			}
			info := s.Info()
			b.SetBytes(info.Grid.Window().Pixels() * 2 * 2)
			for b.Loop() {
				r, err := s.Reader()
				if err != nil {
					b.Fatal(err)
				}
				var block raster.Block
				for y := 0; y < info.Grid.Height; y += info.BlockH {
					for x := 0; x < info.Grid.Width; x += info.BlockW {
						w := info.Grid.Window().Intersect(raster.Window{X: x, Y: y, W: info.BlockW, H: info.BlockH})
						block.Shape(w, info.Bands, info.Type)
						if err := r.Read(b.Context(), w, &block); err != nil {
							b.Fatal(err)
						}
					}
				}
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
