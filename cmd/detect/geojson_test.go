package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// schemaFields are the properties of a detection in their order, as the schema passdiff/1 lists them.
var schemaFields = []string{
	"det_id", "schema", "aoi_id", "job_id", "t_before", "t_after", "src_before", "src_after", "obj_desc", "direction", "det_method", "status",
	"review_state", "confidence", "score_max", "score_mean", "threshold", "p_value", "pixels", "area_m2", "perim_m", "rep_lon", "rep_lat",
	"len_m", "wid_m", "orient_deg", "reg_dx_px", "reg_dy_px", "reg_sd_px", "pos_acc_m", "obs_frac", "edge_flag", "first_seen", "last_seen",
	"n_looked", "n_seen",
}

// words are the values that coded properties may have.
var words = map[string][]string{
	"schema": {"passdiff/1"}, "obj_desc": {"appeared", "disappeared", "altered"}, "direction": {"brighter", "darker", "mixed"},
	"det_method": {"automatic"}, "status": {"first"}, "review_state": {"candidate"}, "edge_flag": {"none", "aoi", "nodata", "scene"},
}

// collection is a FeatureCollection as detect writes it.
type collection struct {
	Type     string    `json:"type"`
	Space    string    `json:"passdiff_space"`
	Features []feature `json:"features"`
	Bbox     []float64 `json:"bbox"`
}

type feature struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Space      string          `json:"passdiff_space"`
	Bbox       []float64       `json:"bbox"`
	Geometry   geometry        `json:"geometry"`
	Properties json.RawMessage `json:"properties"`

	values map[string]any // of Properties
}

type geometry struct {
	Type        string         `json:"type"`
	Coordinates [][][2]float64 `json:"coordinates"`
}

// parseGeoJSON reads OUT, or with lines a feature a line, and checks its form: keys, flat properties, closed right-handed rings, boxes.
func parseGeoJSON(text string, lines bool) (*collection, error) {
	c := &collection{Type: "FeatureCollection"}
	strict := func(data string, v any) error {
		d := json.NewDecoder(strings.NewReader(data))
		d.DisallowUnknownFields() // crs, for one
		return d.Decode(v)
	}
	switch {
	case strings.Contains(text, "\r") || text != "" && !strings.HasSuffix(text, "\n"):
		return nil, errors.New("lines do not end with LF")
	case lines:
		for line := range strings.Lines(text) {
			var f feature
			if err := strict(line, &f); err != nil {
				return nil, err
			}
			c.Features = append(c.Features, f)
			c.Space = f.Space
		}
	default:
		if err := strict(text, c); err != nil {
			return nil, err
		}
		// a line that opens the collection, one for each feature, one that closes it
		if n := strings.Count(text, "\n"); len(c.Features) > 0 && n != len(c.Features)+2 {
			return nil, fmt.Errorf("%d features on %d lines", len(c.Features), n)
		}
	}
	if c.Type != "FeatureCollection" {
		return nil, fmt.Errorf("type is %q", c.Type)
	}
	ids := map[string]bool{}
	all := emptyBox()
	for i := range c.Features {
		f := &c.Features[i]
		if err := f.check(c.Space == "pixel"); err != nil {
			return nil, fmt.Errorf("feature %d, %s: %w", i, f.ID, err)
		}
		if ids[f.ID] {
			return nil, fmt.Errorf("two features have the id %s", f.ID)
		}
		ids[f.ID] = true
		all.add([2]float64{f.Bbox[0], f.Bbox[1]})
		all.add([2]float64{f.Bbox[2], f.Bbox[3]})
	}
	if !lines && len(c.Features) > 0 && !slices.Equal(c.Bbox, all[:]) {
		return nil, fmt.Errorf("bbox is %v, the features lie in %v", c.Bbox, all)
	}
	return c, nil
}

var idForm = regexp.MustCompile(`^[a-z2-7]{26}$`)

func (f *feature) check(pixelSpace bool) error {
	if f.Type != "Feature" || f.Geometry.Type != "Polygon" || len(f.Geometry.Coordinates) == 0 {
		return fmt.Errorf("is a %s of a %s with %d rings", f.Type, f.Geometry.Type, len(f.Geometry.Coordinates))
	}
	if !idForm.MatchString(f.ID) {
		return errors.New("id is not 26 letters and digits")
	}
	box := emptyBox()
	for i, ring := range f.Geometry.Coordinates {
		if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
			return fmt.Errorf("ring %d of %d vertices is not closed", i, len(ring))
		}
		// right-hand rule: the exterior counter-clockwise, holes clockwise
		if a := signedArea(ring); a == 0 || (a > 0) != (i == 0) {
			return fmt.Errorf("ring %d has the signed area %g", i, a)
		}
		for _, v := range ring {
			box.add(v)
		}
	}
	if !slices.Equal(f.Bbox, box[:]) {
		return fmt.Errorf("bbox is %v, the geometry lies in %v", f.Bbox, box)
	}
	if err := f.checkProperties(pixelSpace); err != nil {
		return err
	}
	lon, hasLon := f.values["rep_lon"].(float64)
	lat, hasLat := f.values["rep_lat"].(float64)
	if hasLon != !pixelSpace || hasLat != !pixelSpace {
		return fmt.Errorf("rep_lon is %v, rep_lat is %v", f.values["rep_lon"], f.values["rep_lat"])
	}
	if hasLon && !inside(f.Geometry.Coordinates, lon, lat) {
		return fmt.Errorf("(%v, %v) is not inside", lon, lat)
	}
	return nil
}

// checkProperties wants the schema's properties, in order and flat.
func (f *feature) checkProperties(pixelSpace bool) error {
	d := json.NewDecoder(bytes.NewReader(f.Properties))
	if _, err := d.Token(); err != nil { // {
		return err
	}
	f.values = map[string]any{}
	var keys []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		value, err := d.Token()
		if err != nil {
			return err
		}
		if _, nested := value.(json.Delim); nested {
			return fmt.Errorf("property %v is not a scalar", key)
		}
		keys = append(keys, key.(string))
		f.values[key.(string)] = value
	}
	if !slices.Equal(keys, schemaFields) {
		return fmt.Errorf("properties are %v", keys)
	}
	for key, allowed := range words {
		if s, _ := f.values[key].(string); !slices.Contains(allowed, s) {
			return fmt.Errorf("%s is %v", key, f.values[key])
		}
	}
	for _, key := range []string{"area_m2", "perim_m", "len_m", "wid_m"} {
		if v, known := f.values[key].(float64); known == pixelSpace || known && !(v > 0) {
			return fmt.Errorf("%s is %v", key, f.values[key])
		}
	}
	number := func(key string) float64 { v, _ := f.values[key].(float64); return v }
	most, mean, least := number("score_max"), number("score_mean"), number("threshold")
	const step = 1.0 / (1 << 16) // of the scores that the mean is taken of
	switch {
	case f.values["det_id"] != f.ID:
		return fmt.Errorf("det_id is %v", f.values["det_id"])
	case !(number("pixels") >= 1):
		return fmt.Errorf("pixels is %v", f.values["pixels"])
	case !(most >= mean && mean >= least-step && least > 0):
		return fmt.Errorf("score_max %v, score_mean %v, threshold %v", most, mean, least)
	case !(number("obs_frac") > 0 && number("obs_frac") <= 1):
		return fmt.Errorf("obs_frac is %v", f.values["obs_frac"])
	}
	return nil
}

// box is xmin, ymin, xmax, ymax.
type box [4]float64

func emptyBox() box { return box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)} }

func (b *box) add(v [2]float64) {
	b[0], b[1], b[2], b[3] = min(b[0], v[0]), min(b[1], v[1]), max(b[2], v[0]), max(b[3], v[1])
}

// signedArea is positive for counter-clockwise rings (the shoelace formula about the first vertex).
func signedArea(ring [][2]float64) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		a, b, o := ring[i-1], ring[i], ring[0]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum / 2
}

// inside counts crossings of a ray to the right.
func inside(rings [][][2]float64, x, y float64) bool {
	in := false
	for _, ring := range rings {
		for i := 1; i < len(ring); i++ {
			a, b := ring[i-1], ring[i]
			if (a[1] > y) != (b[1] > y) && x < a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				in = !in
			}
		}
	}
	return in
}

// cmdGeoJSON wants FILE, or stdout, to be detections in the right form, as many as given.
//
//	geojson FILE COUNT [pixel]
func cmdGeoJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: geojson FILE COUNT [pixel]")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	c := readGeoJSON(ts, args[0])
	if len(c.Features) != want {
		ts.Fatalf("%s has %d features, want %d", args[0], len(c.Features), want)
	}
	if pixel := len(args) > 2 && args[2] == "pixel"; pixel != (c.Space == "pixel") {
		ts.Fatalf("%s has passdiff_space %q", args[0], c.Space)
	}
}

func readGeoJSON(ts *testscript.TestScript, name string) *collection {
	lines := strings.HasSuffix(name, ".geojsonl") || strings.HasSuffix(name, ".ndjson")
	c, err := parseGeoJSON(ts.ReadFile(name), lines)
	if err != nil {
		ts.Fatalf("%s: %v", name, err)
	}
	return c
}

// cmdBbox wants a feature of FILE in a box, each side within the tolerance.
//
//	bbox FILE XMIN YMIN XMAX YMAX TOLERANCE
func cmdBbox(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 6 {
		ts.Fatalf("usage: [!] bbox FILE XMIN YMIN XMAX YMAX TOLERANCE")
	}
	n, err := numbers(strings.Join(args[1:], ","))
	ts.Check(err)
	c := readGeoJSON(ts, args[0])
	found := slices.ContainsFunc(c.Features, func(f feature) bool {
		for i, v := range f.Bbox {
			if math.Abs(v-n[i]) > n[4] {
				return false
			}
		}
		return true
	})
	if found == neg {
		for _, f := range c.Features {
			ts.Logf("%v", f.Bbox)
		}
		ts.Fatalf("feature in that box: %v", found)
	}
}
