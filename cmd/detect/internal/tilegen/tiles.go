package tilegen

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"passdiff/raster"
)

// Tile is a named scene.
type Tile struct {
	// Name starts the names of the pair's files.
	Name string
	// About says in a line what the pair is for.
	About string
	Spec  Spec
}

// Tiles are the pairs kept in testdata/tiles. Noise and steps are chosen so that they compress to little.
func Tiles() []Tile {
	return []Tile{
		{
			Name:  "farmland",
			About: "everyday pair: small fields, collar in both passes, clouds with a mask, radiometric drift",
			Spec: Spec{
				Seed: 11, Land: Farmland, Width: 544, Height: 464, Bands: 4, Type: raster.Uint16, Step: 10,
				CRS: "EPSG:32632", PixelSize: 10, OriginX: 412340, OriginY: 5318760,
				BeforeTime: "2024-04-18T10:20:31Z", AfterTime: "2024-05-28T10:20:29Z",
				Objects: 110, Contrast: 400, Texture: 11, Noise: 7,
				Gain: []float64{1.06, 1.04, 0.97, 0.93}, Offset: []float64{60, 45, 20, -70}, Haze: 12,
				Collar: 14, Clouds: 2, CloudRadius: 46,
				BeforeLayout: Layout{Tile: 128}, AfterLayout: Layout{Tile: 128},
			},
		},
		{
			Name:  "coast",
			About: "after pass off by (0.4, −0.3) px, striped before and tiled after, southern UTM zone",
			Spec: Spec{
				Seed: 22, Land: Coast, Width: 448, Height: 400, Bands: 3, Type: raster.Uint8,
				CRS: "EPSG:32722", PixelSize: 3, OriginX: 705300, OriginY: 6935400,
				BeforeTime: "2023-11-02T13:41:05Z", AfterTime: "2024-02-10T13:38:52Z",
				Objects: 60, Contrast: 500, Texture: 28, Noise: 14,
				Gain: []float64{0.97, 1.0, 1.04}, Offset: []float64{60, 20, -40},
				ShiftX: 0.4, ShiftY: -0.3,
				BeforeLayout: Layout{Rows: 8}, AfterLayout: Layout{Tile: 128, Compression: "ZSTD"},
			},
		},
		{
			Name:  "plain",
			About: "many blocks and chips; the after pass covers a window moved by whole pixels",
			Spec: Spec{
				Seed: 33, Land: Plain, Width: 1408, Height: 1152, Bands: 1, Type: raster.Uint8,
				CRS: "EPSG:32736", PixelSize: 10, OriginX: 250000, OriginY: 8110000,
				After:      raster.Window{X: 131, Y: -77, W: 1344, H: 1152},
				BeforeTime: "2024-06-03T07:55:12Z", AfterTime: "2024-06-13T07:55:09Z",
				Objects: 170, Contrast: 420, Texture: 4, Noise: 5.5,
				Gain: []float64{1.02}, Offset: []float64{40},
				BeforeLayout: Layout{Tile: 256, Compression: "ZSTD"}, AfterLayout: Layout{Tile: 256, Compression: "ZSTD"},
			},
		},
		{
			Name:  "radar",
			About: "amplitudes of a radar with fresh speckle of five looks in each pass; the after pass brighter by a tenth",
			Spec: Spec{
				Seed: 44, Land: Farmland, Width: 320, Height: 300, Bands: 1, Type: raster.Uint8,
				CRS: "EPSG:32633", PixelSize: 10, OriginX: 512000, OriginY: 5790000,
				BeforeTime: "2024-03-04T05:17:20Z", AfterTime: "2024-03-16T05:17:21Z",
				Objects: 36, Contrast: 900, Texture: 28, Looks: 5,
				Gain:         []float64{1.1},
				BeforeLayout: Layout{Tile: 128}, AfterLayout: Layout{Tile: 128},
			},
		},
	}
}

// WriteTiles puts all tiles and their README.md into dir.
func WriteTiles(ctx context.Context, dir string) error {
	var page readme
	for _, t := range Tiles() {
		scene, err := New(t.Spec)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		files, err := scene.Write(ctx, dir, t.Name)
		if err != nil {
			return err
		}
		page.add(t, scene, files)
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), page.page(), 0o644)
}
