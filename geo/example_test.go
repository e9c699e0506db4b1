package geo_test

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/paulmach/orb"

	"passdiff/geo"
	"passdiff/raster"
)

// A ring of eight pixels around a hole.
func ExampleTrace() {
	outline := geo.Trace([]raster.Run{
		{Y: 4, X0: 10, X1: 13},
		{Y: 5, X0: 10, X1: 11}, {Y: 5, X0: 12, X1: 13},
		{Y: 6, X0: 10, X1: 13},
	})
	for _, ring := range outline {
		fmt.Println(ring)
	}
	// Output:
	// [[10 4] [10 7] [13 7] [13 4] [10 4]]
	// [[11 5] [12 5] [12 6] [11 6] [11 5]]
}

// A triangle of steps becomes one of three sides.
func ExampleSimplify() {
	var runs []raster.Run
	for y := range int32(6) {
		runs = append(runs, raster.Run{Y: y, X0: 0, X1: y + 1})
	}
	outline := geo.Trace(runs)
	fmt.Println(len(outline[0])-1, "corners")
	fmt.Println(geo.Simplify(outline, 0.5)[0])
	// Output:
	// 14 corners
	// [[0 0] [0 6] [6 6] [6 5.5] [0.5 0] [0 0]]
}

// How much of an area of interest lies in the upper half of a scene.
func ExamplePixelAreas() {
	grid := raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{7, 0.001, 0, 46, 0, -0.001}, Width: 100, Height: 100}
	locator, err := geo.NewLocator(grid, func(lon, lat []float64) error { return nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	aoi := orb.MultiPolygon{{{{7.02, 45.93}, {7.08, 45.93}, {7.05, 45.98}, {7.02, 45.93}}}}
	pixels, err := geo.InPixels(aoi, grid, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	runs, err := geo.Fill(pixels, grid.Window())
	if err != nil {
		fmt.Println(err)
		return
	}
	areas, err := locator.PixelAreas(grid.Window())
	if err != nil {
		fmt.Println(err)
		return
	}
	var all, upper int64
	for _, r := range runs {
		u := areas.Units(r)
		all += u
		if r.Y < 50 {
			upper += u
		}
	}
	fmt.Printf("%d runs, %.3f km², %.1f %% of it in the upper half\n", len(runs), areas.SquareMetres(all)/1e6, 100*float64(upper)/float64(all))
	// Output:
	// 49 runs, 12.928 km², 36.0 % of it in the upper half
}

// A region on a grid of longitudes and latitudes, placed and written as newline-delimited GeoJSON.
func ExampleWriter() {
	grid := raster.Grid{CRS: "EPSG:4326", Affine: raster.Affine{7, 0.001, 0, 46, 0, -0.001}, Width: 100, Height: 100}
	locator, err := geo.NewLocator(grid, func(lon, lat []float64) error { return nil })
	if err != nil {
		fmt.Println(err)
		return
	}
	runs := []raster.Run{{Y: 20, X0: 30, X1: 33}}
	placed, err := locator.Place(geo.Trace(runs))
	if err != nil {
		fmt.Println(err)
		return
	}
	feature := geo.Feature{Detection: geo.Detection{
		DetID:       geo.DetID(runs, grid, "scene-1 scene-2"),
		ObjDesc:     "appeared",
		DetMethod:   "automatic",
		Status:      "first",
		ReviewState: "candidate",
		Pixels:      3,
	}}
	feature.Locate(placed)
	fmt.Println(feature.Geometry)
	fmt.Printf("%.0f m² around %v %v\n", feature.AreaM2.Value, feature.RepLon.Value, feature.RepLat.Value)

	w := geo.NewWriter(os.Stdout, geo.Format{Lines: true})
	if err := w.Write(&feature); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	// Output:
	// [[[7.03 45.98] [7.03 45.979] [7.033 45.979] [7.033 45.98] [7.03 45.98]]]
	// 25840 m² around 7.0315 45.9795
	// {"type":"Feature","id":"fzv7whvce7wg6em5kediwahev4","bbox":[7.03,45.979,7.033,45.98],"geometry":{"type":"Polygon","coordinates":[[[7.03,45.98],[7.03,45.979],[7.033,45.979],[7.033,45.98],[7.03,45.98]]]},"properties":{"det_id":"fzv7whvce7wg6em5kediwahev4","schema":"passdiff/1","aoi_id":null,"job_id":null,"t_before":null,"t_after":null,"src_before":"","src_after":"","obj_desc":"appeared","direction":"","det_method":"automatic","status":"first","review_state":"candidate","confidence":null,"score_max":0,"score_mean":0,"threshold":0,"p_value":null,"pixels":3,"area_m2":25839.888,"perim_m":687.25325,"rep_lon":7.0315,"rep_lat":45.9795,"len_m":232.4778,"wid_m":111.15092,"orient_deg":90,"reg_dx_px":null,"reg_dy_px":null,"reg_sd_px":null,"pos_acc_m":null,"obs_frac":0,"edge_flag":"","first_seen":null,"last_seen":null,"n_looked":null,"n_seen":null}}
}

func ExampleReader() {
	const file = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"a1","geometry":{"type":"Polygon","coordinates":[[[8,47],[8.1,47],[8,47.1],[8,47]]]},"properties":{"det_id":"a1","pixels":12}}
]}`
	r := geo.NewReader(strings.NewReader(file))
	for {
		f, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(f.DetID, f.Pixels, f.AreaM2.Known)
	}
	// Output: a1 12 false
}
