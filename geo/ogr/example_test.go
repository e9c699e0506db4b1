package ogr_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"passdiff/geo/ogr"
)

// Reading the areas that people drew on a map.
func Example() {
	dir, err := os.MkdirTemp("", "areas")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "harbours.geojson")
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Marseille"},"geometry":
		{"type":"Polygon","coordinates":[[[5.3,43.3],[5.4,43.3],[5.4,43.4],[5.3,43.4],[5.3,43.3]]]}}]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		log.Fatal(err)
	}
	areas, err := ogr.Read(path, ogr.Options{IDField: "name"})
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range areas {
		fmt.Println(a.ID, a.CRS, len(a.Geometry), a.Geometry[0][0][0])
	}
	// Output: Marseille EPSG:4326 1 [5.3 43.3]
}
