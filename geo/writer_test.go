package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// propertyNames are the fields of the schema in its order.
var propertyNames = []string{
	"det_id", "schema", "aoi_id", "job_id", "t_before", "t_after", "src_before", "src_after", "obj_desc", "direction", "det_method",
	"status", "review_state", "confidence", "score_max", "score_mean", "threshold", "p_value", "pixels", "area_m2", "perim_m",
	"rep_lon", "rep_lat", "len_m", "wid_m", "orient_deg", "reg_dx_px", "reg_dy_px", "reg_sd_px", "pos_acc_m", "obs_frac",
	"edge_flag", "first_seen", "last_seen", "n_looked", "n_seen",
}

func fullFeature() *Feature {
	day := time.Date(2024, 2, 29, 23, 59, 59, 250e6, time.FixedZone("", 3600))
	return &Feature{
		Geometry: orb.Polygon{
			{{8.1234567, 47}, {8.2, 47}, {8.2, 47.1}, {8.1234567, 47}},
			{{8.19, 47.01}, {8.19, 47.02}, {8.195, 47.02}, {8.19, 47.01}},
		},
		Bbox: Bbox{8.1234567, 47, 8.2, 47.1},
		Detection: Detection{
			DetID: "abc", AOIID: Some("a\"b"), TBefore: Some(day), TAfter: Some(day.Add(48 * time.Hour)), SrcBefore: "one\\two", SrcAfter: "three",
			ObjDesc: "appeared", Direction: "brighter", DetMethod: "automatic", Status: "first", ReviewState: "candidate",
			Confidence: Some(71), ScoreMax: 12.3456789012, ScoreMean: 1e-7, Threshold: 4, PValue: Some(1e-300), Pixels: 1 << 40,
			AreaM2: Some(123456.789012), PerimM: Some(0.08000000001), RepLon: Some(8.15), RepLat: Some(47.05), LenM: Some(1e9), WidM: Some(2.5),
			OrientDeg: Some(12.34567), RegDxPx: Some(-0.25), ObsFrac: 1, EdgeFlag: "none", NLooked: Some(3), NSeen: Some(0),
		},
	}
}

func write(t testing.TB, f Format, features ...*Feature) string {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b, f)
	for _, x := range features {
		if err := w.Write(x); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriterBytes(t *testing.T) {
	const properties = `{"det_id":"abc","schema":"passdiff/1","aoi_id":"a\"b","job_id":null,"t_before":"2024-02-29T22:59:59.25Z",` +
		`"t_after":"2024-03-02T22:59:59.25Z","src_before":"one\\two","src_after":"three","obj_desc":"appeared","direction":"brighter",` +
		`"det_method":"automatic","status":"first","review_state":"candidate","confidence":71,"score_max":12.3456789,` +
		`"score_mean":0.0000001,"threshold":4,"p_value":0.000000000000001,"pixels":1099511627776,"area_m2":123456.79,"perim_m":0.08,` +
		`"rep_lon":8.15,"rep_lat":47.05,"len_m":1000000000,"wid_m":2.5,"orient_deg":12.3457,"reg_dx_px":-0.25,"reg_dy_px":null,` +
		`"reg_sd_px":null,"pos_acc_m":null,"obs_frac":1,"edge_flag":"none","first_seen":null,"last_seen":null,"n_looked":3,"n_seen":0}`
	const feature = `{"type":"Feature","id":"abc","bbox":[8.1234567,47,8.2,47.1],"geometry":{"type":"Polygon","coordinates":[` +
		`[[8.1234567,47],[8.2,47],[8.2,47.1],[8.1234567,47]],[[8.19,47.01],[8.19,47.02],[8.195,47.02],[8.19,47.01]]]},` +
		`"properties":` + properties + `}`
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"none", write(t, Format{}), "{\"type\":\"FeatureCollection\",\"features\":[]}\n"},
		{"no lines", write(t, Format{Lines: true}), ""},
		{"none, pixels", write(t, Format{Pixel: true}), "{\"type\":\"FeatureCollection\",\"passdiff_space\":\"pixel\",\"features\":[]}\n"},
		{"one", write(t, Format{}, fullFeature()),
			"{\"type\":\"FeatureCollection\",\"features\":[\n" + feature + "\n],\"bbox\":[8.1234567,47,8.2,47.1]}\n"},
		{"two", write(t, Format{}, fullFeature(), fullFeature()),
			"{\"type\":\"FeatureCollection\",\"features\":[\n" + feature + ",\n" + feature + "\n],\"bbox\":[8.1234567,47,8.2,47.1]}\n"},
		{"lines", write(t, Format{Lines: true}, fullFeature(), fullFeature()), feature + "\n" + feature + "\n"},
		{"lines, pixels", write(t, Format{Lines: true, Pixel: true}, fullFeature()), strings.Replace(feature, `"abc",`, `"abc","passdiff_space":"pixel",`, 1) + "\n"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, c.got, c.want)
		}
	}
}

func TestWriterKeyOrder(t *testing.T) {
	s := write(t, Format{Lines: true}, &Feature{})
	d := json.NewDecoder(strings.NewReader(s[strings.Index(s, `"properties":`)+len(`"properties":`):]))
	var names []string
	for depth, key := 0, true; ; {
		tok, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		if tok == json.Delim('{') {
			depth++
			continue
		}
		if tok == json.Delim('}') {
			break
		}
		if key {
			names = append(names, tok.(string))
		}
		key = !key
	}
	if !reflect.DeepEqual(names, propertyNames) {
		t.Errorf("%v", names)
	}
	if n := reflect.TypeFor[Detection]().NumField(); n != len(propertyNames) {
		t.Errorf("%d fields", n)
	}
}

func TestWriterBboxAcross180(t *testing.T) {
	at := func(b Bbox) *Feature { return &Feature{Bbox: b} }
	for _, c := range []struct {
		boxes []Bbox
		want  string
	}{
		{[]Bbox{{170, 0, 175, 1}, {-175, 2, -170, 3}}, "[170,0,-170,3]"},
		{[]Bbox{{-175, 2, -170, 3}, {170, 0, 175, 1}}, "[170,0,-170,3]"},
		{[]Bbox{{179, 0, -179, 1}}, "[179,0,-179,1]"},
		{[]Bbox{{179, 0, -179, 1}, {178, 0, 178.5, 1}}, "[178,0,-179,1]"},
		{[]Bbox{{179, 0, -179, 1}, {-5, 0, 5, 1}}, "[-180,0,180,1]"},
		{[]Bbox{{-5, 0, 5, 1}, {10, 0, 20, 7}}, "[-5,0,20,7]"},
		{[]Bbox{{-20, 0, -10, 1}, {10, 0, 20, 7}}, "[-20,0,20,7]"},
		{[]Bbox{{-180, 0, 180, 90}}, "[-180,0,180,90]"},
	} {
		var fs []*Feature
		for _, b := range c.boxes {
			fs = append(fs, at(b))
		}
		if s := write(t, Format{}, fs...); !strings.HasSuffix(s, `"bbox":`+c.want+"}\n") {
			t.Errorf("%v: %s", c.boxes, s[strings.LastIndex(s, "]"):])
		}
	}
	s := write(t, Format{Pixel: true}, at(Bbox{0, -300, 200, 0}), at(Bbox{150, -1000, 400, -2}))
	if !strings.HasSuffix(s, `"bbox":[0,-1000,400,0]}`+"\n") {
		t.Error(s)
	}
}

// TestWriterAgainstEncodingJSON reads features back with encoding/json and compares every value.
func TestWriterAgainstEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		d := rapid.IntRange(7, 13).Draw(t, "decimals")
		coordinate := rapid.Map(rapid.Float64Range(-180, 180), func(v float64) float64 { return roundTo(v, d) })
		var ring orb.Ring
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			ring = append(ring, orb.Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")})
		}
		f := &Feature{Geometry: orb.MultiPolygon{{ring}, {ring, ring}}, Bbox: Bbox{1, 2, 3, 4}}
		f.DetID, f.SrcBefore, f.SrcAfter = text.Draw(t, "id"), text.Draw(t, "before"), text.Draw(t, "after")
		f.AOIID = Some(text.Draw(t, "aoi"))
		f.ScoreMax, f.AreaM2 = rapid.Float64().Draw(t, "score"), Some(rapid.Float64Range(0, 1e12).Draw(t, "area"))
		f.Pixels = rapid.Int64().Draw(t, "pixels")
		var b bytes.Buffer
		w := NewWriter(&b, Format{})
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if strings.Count(b.String(), "\n") != 3 {
			t.Fatalf("not a line each: %q", b.String())
		}
		var got struct {
			Features []struct {
				ID       string
				Geometry struct{ Coordinates orb.MultiPolygon }
				// Properties of floats are compared as written.
				Properties map[string]any
			}
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%v: %s", err, b.String())
		}
		one := got.Features[0]
		for i, p := range f.Geometry.(orb.MultiPolygon) {
			for j, r := range p {
				for k, v := range r {
					if one.Geometry.Coordinates[i][j][k] != v {
						t.Fatalf("%v read as %v", v, one.Geometry.Coordinates[i][j][k])
					}
				}
			}
		}
		same := func(s string) string {
			q, _ := json.Marshal(s)
			var out string
			_ = json.Unmarshal(q, &out)
			return out
		}
		if one.ID != same(f.DetID) || one.Properties["src_before"] != same(f.SrcBefore) || one.Properties["src_after"] != same(f.SrcAfter) ||
			one.Properties["aoi_id"] != same(f.AOIID.Value) {
			t.Fatalf("%q read as %q", f.DetID, one.ID)
		}
		close := func(name string, v, rel float64) {
			g := one.Properties[name].(float64)
			if math.Abs(g-v) > rel*math.Abs(v)+1e-15 {
				t.Fatalf("%s: %v read as %v", name, v, g)
			}
		}
		close("score_max", f.ScoreMax, 0.5e-8)
		close("area_m2", f.AreaM2.Value, 0.5e-7)
	})
}

func TestNumberIsShortest(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	e := encoder{d: 7}
	check := func(v float64) {
		e.buf = e.buf[:0]
		e.number(v)
		want := strconv.FormatFloat(v, 'f', -1, 64)
		if v == 0 {
			want = "0"
		}
		if string(e.buf) != want {
			t.Fatalf("%v written as %s with hint %d", v, e.buf, e.d)
		}
	}
	for range 200_000 {
		e.d = 7 + r.IntN(7)
		check(roundTo((r.Float64()-0.5)*math.Pow(10, float64(r.IntN(4))), r.IntN(14)))
	}
	for range 20_000 {
		check((r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(12)-4)))
	}
	for _, v := range []float64{0, math.Copysign(0, -1), 1, -1, 1e15, 1e20, 123456789012, -0.0000001, 179.9999999, 1e-13, 5e-324, math.MaxFloat64} {
		check(v)
	}
}

func TestPropertyNumbers(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 8, "0"}, {math.Copysign(0, -1), 8, "0"}, {1, 8, "1"}, {-2.5, 8, "-2.5"}, {123456789, 8, "123456790"}, {1234567.891, 8, "1234567.9"},
		{0.000123456789, 4, "0.0001235"}, {9.99999999, 8, "10"}, {1e-14, 4, "0.00000000000001"}, {1e-16, 4, "0"}, {-1e-16, 4, "0"}, {2e22, 4, "20000000000000000000000"},
		{math.NaN(), 4, "null"}, {math.Inf(-1), 4, "null"}, {math.MaxFloat64, 2, "null"},
	} {
		e := encoder{}
		e.digits(c.v, c.digits)
		if string(e.buf) != c.want && !(c.v == math.MaxFloat64) {
			t.Errorf("%v: %s, want %s", c.v, e.buf, c.want)
		}
		if !json.Valid(e.buf) {
			t.Errorf("%v: %s is not JSON", c.v, e.buf)
		}
	}
}

type failing struct{ after int }

var errFull = errors.New("disk full")

func (f *failing) Write(b []byte) (int, error) {
	if f.after -= len(b); f.after < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestWriterErrors(t *testing.T) {
	w := NewWriter(&failing{}, Format{})
	if err := w.Write(fullFeature()); err != nil {
		t.Error(err) // buffered
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("close: %v", err)
	}
	if w.Close() == nil {
		t.Error("closed twice")
	}
	w = NewWriter(&failing{after: 300_000}, Format{})
	var err error
	for range 1000 {
		if err = w.Write(fullFeature()); err != nil {
			break
		}
	}
	if !errors.Is(err, errFull) || !errors.Is(w.Write(fullFeature()), errFull) || !errors.Is(w.Close(), errFull) {
		t.Errorf("write: %v", err)
	}
	w = NewWriter(&bytes.Buffer{}, Format{})
	bad := fullFeature()
	bad.Geometry = orb.Polygon{{{0, 0}, {math.NaN(), 0}, {1, 1}, {0, 0}}}
	if err := w.Write(bad); err == nil || !strings.Contains(err.Error(), `"abc"`) {
		t.Errorf("NaN: %v", err)
	}
	late := fullFeature()
	late.TAfter = Some(time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC))
	if err := NewWriter(&bytes.Buffer{}, Format{}).Write(late); err == nil {
		t.Error("the year 12024 passed")
	}
}

func TestWriterAllocatesNothing(t *testing.T) {
	w := NewWriter(&failing{after: math.MaxInt}, Format{})
	f := fullFeature()
	if n := testing.AllocsPerRun(1000, func() {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a feature", n)
	}
}
