package gdal

import (
	"fmt"
	"path/filepath"
	"testing"

	"passdiff/raster"
)

// BenchmarkDecode reads a scene of 2048×2048 pixels of 4 uint16 bands block by block. Bytes are those of decoded pixels.
func BenchmarkDecode(b *testing.B) {
	g := utm(2048, 2048)
	noise := func(band, x, y int) float64 { // about 9 bits of noise over a slope
		h := uint32(x*73856093) ^ uint32(y*19349663) ^ uint32(band*83492791)
		return float64(1000 + x/8 + y/16 + int(h*2654435761>>23))
	}
	for _, c := range []struct {
		compression string
		nodata      bool
	}{{"NONE", false}, {"DEFLATE", false}, {"DEFLATE", true}, {"LZW", false}, {"ZSTD", false}} {
		b.Run(fmt.Sprintf("type=uint16/bands=4/compress=%s/nodata=%v", c.compression, c.nodata), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "a.tif")
			o := CreateOptions{Bands: 4, Type: raster.Uint16, Compression: c.compression}
			if c.nodata {
				o.NoData = new(float64)
			}
			write(b, path, g, o, noise, nil)
			s := open(b, path, OpenOptions{})
			r, err := s.Reader()
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			var block raster.Block
			size := g.Window()
			b.SetBytes(size.Pixels() * 4 * 2)
			for b.Loop() {
				for y := 0; y < g.Height; y += 512 {
					for x := 0; x < g.Width; x += 512 {
						w := raster.Window{X: x, Y: y, W: 512, H: 512}
						block.Shape(w, 4, raster.Uint16)
						if err := r.Read(b.Context(), w, &block); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}

// BenchmarkValid looks for a nodata value that is not there.
func BenchmarkValid(b *testing.B) {
	for _, t := range []raster.DataType{raster.Uint8, raster.Uint16, raster.Float32} {
		b.Run(fmt.Sprintf("type=%v", t), func(b *testing.B) {
			s := &Scene{bands: []band{{nodata: 200}}}
			var block raster.Block
			block.Shape(raster.Window{W: 512, H: 512}, 1, t)
			fill(&block, value)
			b.SetBytes(int64(512 * 512 * t.Size()))
			for b.Loop() {
				block.Valid = nil
				s.invalidate(&block)
			}
		})
	}
}

// BenchmarkProject takes points of UTM to longitude and latitude; bytes are those of coordinates read and written.
func BenchmarkProject(b *testing.B) {
	l, err := NewLonLat("EPSG:32631")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	x, y := make([]float64, 1000), make([]float64, 1000)
	b.SetBytes(2 * 2 * 8 * 1000)
	for b.Loop() {
		for i := range x {
			x[i], y[i] = 500000+float64(i), 5700000
		}
		if err := l.Project(x, y); err != nil {
			b.Fatal(err)
		}
	}
}
