package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"github.com/peterstace/simplefeatures/geom"
)

// places is any GeoJSON object.
type places struct {
	Type     string            `json:"type"`
	Features []json.RawMessage `json:"features"`
	Geometry json.RawMessage   `json:"geometry"`
	Space    string            `json:"passdiff_space"`
	CRS      *struct {
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	} `json:"crs"`
}

// lonLat is how writers of GeoJSON name the coordinates that it has by itself.
var lonLat = regexp.MustCompile(`^(urn:ogc:def:crs:OGC:[0-9.]*:CRS84|urn:ogc:def:crs:EPSG:[0-9.]*:4326|EPSG:4326|OGC:CRS84|WGS ?84)$`)

// parsePlaces reads the geometries of GeoJSON in longitude and latitude: a collection, a feature, or a geometry. Points, lines and polygons are
// taken. Invalid ones are refused, as nobody could say what lies within; so is a file without any, which would protect nothing.
func parsePlaces(data []byte) ([]geom.Geometry, error) {
	var o places
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, fmt.Errorf("is no GeoJSON: %w", err)
	}
	if o.Space != "" {
		return nil, errors.New("is in columns and rows; places need longitude and latitude")
	}
	if o.CRS != nil && !lonLat.MatchString(o.CRS.Properties.Name) {
		return nil, fmt.Errorf("is in %.80q; places need longitude and latitude (ogr2ogr -t_srs EPSG:4326)", o.CRS.Properties.Name)
	}
	one := []json.RawMessage{data}
	if o.Type == "FeatureCollection" {
		one = o.Features
	}
	var all []geom.Geometry
	for i, raw := range one {
		g, err := parsePlace(raw)
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
		all = append(all, g)
	}
	if len(all) == 0 {
		return nil, errors.New("holds no features; leave the file out when there is none")
	}
	return all, nil
}

func parsePlace(raw json.RawMessage) (g geom.Geometry, err error) {
	var f places
	if err := json.Unmarshal(raw, &f); err != nil {
		return g, fmt.Errorf("is no GeoJSON: %w", err)
	}
	if f.Type == "Feature" {
		raw = f.Geometry
	}
	if g, err = geom.UnmarshalGeoJSON(raw); err != nil {
		return g, fmt.Errorf("its geometry cannot be used: %w", err)
	}
	g = g.Force2D()
	lo, hi, ok := g.Envelope().MinMaxXYs()
	switch {
	case !ok:
		return g, errors.New("its geometry is empty")
	case lo.X < -180 || hi.X > 180 || lo.Y < -90 || hi.Y > 90:
		return g, fmt.Errorf("lies at %g %g to %g %g, not in longitude and latitude", lo.X, lo.Y, hi.X, hi.Y)
	case g.IsGeometryCollection():
		return g, errors.New("is a GeometryCollection; make a feature of each part")
	}
	return g, nil
}
