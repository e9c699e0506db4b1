package geo_test

import (
	"fmt"
	"os"

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
