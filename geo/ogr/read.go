package ogr

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/airbusgeo/godal"
	"github.com/paulmach/orb"

	"passdiff/raster/gdal"
)

// Area is one feature of a file of areas.
type Area struct {
	// ID is unique in the file: the value of the field that Options names or, without one, the feature's position from 1.
	ID string
	// Geometry is in the file's CRS with x or longitude first, in degrees where the CRS is geographic. It is valid by OGC rules and not
	// empty; the direction of rings is the file's. Heights are left out.
	Geometry orb.MultiPolygon
	// CRS has the form of raster.Grid.CRS; it is the same in all areas of a file.
	CRS string
}

// Options say what of a file is read. The zero value reads the only layer.
type Options struct {
	// Layer is the name of the layer, needed where a file has several.
	Layer string
	// IDField is the field that tells areas apart, a text or a number.
	IDField string
	// Empty accepts a file without features, and an empty one of features a line: the result of a search that found nothing.
	Empty bool
}

// formats are what may be opened, with the names by which GDAL registers and knows each.
var formats = []struct{ register, driver string }{
	{"GeoJSON", "GeoJSON"}, {"GeoPackage", "GPKG"}, {"Shape", "ESRI Shapefile"}, {"FlatGeobuf", "FlatGeobuf"}, {"LIBKML", "LIBKML"}, {"KML", "KML"},
	{"GeoJSONSeq", "GeoJSONSeq"},
}

// registered registers the formats that this GDAL has, once, and lists their drivers.
var registered = sync.OnceValues(func() (drivers []string, err error) {
	if err := gdal.Setup(); err != nil {
		return nil, err
	}
	for _, f := range formats {
		if godal.RegisterVector(godal.DriverName(f.register)) == nil {
			drivers = append(drivers, f.driver)
		}
	}
	return drivers, nil
})

// Read reads the areas of a file: polygons and multipolygons of one layer, in file order. Every error means that the file cannot be used as
// it is; it names the file, the fact and a way out. It may be called concurrently.
func Read(path string, o Options) ([]Area, error) {
	areas, err := read(path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return areas, nil
}

func read(path string, o Options) (areas []Area, err error) {
	switch st, err := os.Stat(path); {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("no such file")
	case err != nil:
		return nil, err
	case st.IsDir():
		return nil, errors.New("is a folder; name the file inside it")
	case st.Size() == 0 && o.Empty && featureLines(path):
		return nil, nil
	case st.Size() == 0:
		return nil, errors.New("is empty (0 bytes); copy it again")
	}
	drivers, err := registered()
	if err != nil {
		return nil, err
	}
	ds, err := godal.Open(plain(path), godal.VectorOnly(), godal.Drivers(drivers...), godal.SiblingFiles(), godal.ErrLogger(failuresOnly))
	if err != nil {
		return nil, fmt.Errorf("cannot be opened as one of %s: %s; convert it with ogr2ogr", strings.Join(drivers, ", "), oneLine(err, path))
	}
	defer func() { err = errors.Join(err, ds.Close(godal.ErrLogger(failuresOnly))) }()
	layer, err := choose(ds.Layers(), o.Layer)
	if err != nil {
		return nil, err
	}
	crs, err := crsOf(layer)
	if err != nil {
		return nil, err
	}
	count, err := layer.FeatureCount(godal.ErrLogger(failuresOnly))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %s", oneLine(err, path))
	}
	r := reader{path: path, options: o, crs: crs, ids: map[string]int{}}
	for f := layer.NextFeature(); f != nil; f = layer.NextFeature() {
		err := r.add(f)
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	switch {
	case r.position < count:
		return nil, fmt.Errorf("holds %d features, of which %d can be read; copy or export it again", count, r.position)
	case r.position == 0 && !o.Empty:
		return nil, fmt.Errorf("layer %q has no features; name a file with polygons", layer.Name())
	}
	return r.areas, nil
}

// choose is the layer of that name, or the only one.
func choose(layers []godal.Layer, name string) (godal.Layer, error) {
	var names []string
	for _, l := range layers {
		if l.Name() == name && name != "" {
			return l, nil
		}
		names = append(names, strconv.Quote(l.Name()))
	}
	switch {
	case len(layers) == 0:
		return godal.Layer{}, errors.New("has no layer; name a file with polygons")
	case name != "":
		return godal.Layer{}, fmt.Errorf("has no layer %q; it has %s", name, strings.Join(names, ", "))
	case len(layers) > 1:
		return godal.Layer{}, fmt.Errorf("has the layers %s; for an AOI choose one with --aoi-layer, else export one with ogr2ogr", strings.Join(names, ", "))
	}
	return layers[0], nil
}

// crsOf is the layer's CRS.
func crsOf(layer godal.Layer) (string, error) {
	wkt, err := layer.SpatialRef().WKT(godal.ErrLogger(failuresOnly))
	if err != nil || wkt == "" {
		return "", errors.New("has no CRS; give it the right one with ogr2ogr -a_srs, or write GeoJSON in longitude and latitude")
	}
	crs, err := gdal.CRS(wkt)
	if err != nil {
		return "", fmt.Errorf("its CRS cannot be used: %w; give it the right one with ogr2ogr -a_srs", err)
	}
	return crs, nil
}

// reader collects the features of a layer.
type reader struct {
	path     string
	options  Options
	crs      string
	areas    []Area
	ids      map[string]int // positions by ID
	position int            // of the last feature, from 1
}

// add takes over one feature.
func (r *reader) add(f *godal.Feature) error {
	r.position++
	id, err := r.id(f)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("feature %d", r.position)
	if r.options.IDField != "" {
		name += fmt.Sprintf(" (%s %s)", r.options.IDField, id)
	}
	if other, double := r.ids[id]; double {
		return fmt.Errorf("features %d and %d both have the %s %q; name a field whose values differ", other, r.position, r.options.IDField, id)
	}
	r.ids[id] = r.position
	g := f.Geometry()
	if g.Empty() {
		return fmt.Errorf("%s has no geometry; remove it", name)
	}
	wkb, err := g.WKB(godal.ErrLogger(failuresOnly))
	if err != nil {
		return fmt.Errorf("%s cannot be read: %s", name, oneLine(err, r.path))
	}
	polygons, err := decode(wkb)
	if err == nil {
		err = validate(polygons)
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	r.areas = append(r.areas, Area{ID: id, Geometry: polygons, CRS: r.crs})
	return nil
}

// id is what a feature is called.
func (r *reader) id(f *godal.Feature) (string, error) {
	want := r.options.IDField
	if want == "" {
		return strconv.Itoa(r.position), nil
	}
	fields := f.Fields()
	field, ok := fields[want]
	if !ok {
		var names []string
		for name := range fields {
			names = append(names, strconv.Quote(name))
		}
		slices.Sort(names)
		if len(names) == 0 {
			return "", fmt.Errorf("has no field %q, and no other", want)
		}
		return "", fmt.Errorf("has no field %q; it has %s", want, strings.Join(names, ", "))
	}
	id := ""
	switch field.Type() {
	case godal.FTInt, godal.FTInt64, godal.FTString:
		id = strings.TrimSpace(field.String())
	case godal.FTReal:
		id = strconv.FormatFloat(field.Float(), 'g', -1, 64)
	default:
		return "", fmt.Errorf("the field %q is neither text nor a number; name another", want)
	}
	if !field.IsSet() || id == "" {
		return "", fmt.Errorf("feature %d has nothing in the field %q; fill it in or name another", r.position, want)
	}
	return id, nil
}
