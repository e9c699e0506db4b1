package geo

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// readAll reads every feature of a file.
func readAll(text string) (features []*Feature, pixel bool, err error) {
	return rest(NewReader(strings.NewReader(text)))
}

func rest(r *Reader) (features []*Feature, pixel bool, err error) {
	for {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			return features, r.Pixel(), nil
		}
		if err != nil {
			return features, r.Pixel(), err
		}
		features = append(features, f)
	}
}

// drawFeature draws a feature with any values.
func drawFeature(t *rapid.T, pixel bool) *Feature {
	number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-1e4, 1e4), rapid.SampledFrom([]float64{0, 1e-15, 1e15, math.NaN(), math.Inf(1), math.MaxFloat64, 5e-324}))
	text := rapid.String()
	maybe := func(name string) Opt[float64] {
		return Opt[float64]{number.Draw(t, name), rapid.Bool().Draw(t, name+" known")}
	}
	when := func(name string) Opt[time.Time] {
		at := time.Unix(rapid.Int64Range(-1e9, 4e9).Draw(t, name), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		return Opt[time.Time]{at, rapid.Bool().Draw(t, name+" known")}
	}
	d := 0
	if !pixel {
		d = rapid.IntRange(7, 13).Draw(t, "decimals")
	}
	coordinate := rapid.Map(rapid.Float64Range(-180, 180), func(v float64) float64 { return roundTo(v, d) })
	ring := func() orb.Ring {
		var r orb.Ring
		for range rapid.IntRange(3, 6).Draw(t, "corners") {
			r = append(r, orb.Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")})
		}
		return append(r, r[0])
	}
	f := &Feature{}
	switch rapid.IntRange(0, 2).Draw(t, "geometry") {
	case 1:
		f.Geometry = orb.Polygon{ring(), ring()}
	case 2:
		f.Geometry = orb.MultiPolygon{{ring()}, {ring(), ring()}}
	}
	if rapid.Bool().Draw(t, "bbox") {
		f.Bbox = Bbox{coordinate.Draw(t, "w"), coordinate.Draw(t, "s"), coordinate.Draw(t, "e"), coordinate.Draw(t, "n")}
	}
	f.DetID, f.SrcBefore, f.SrcAfter = text.Draw(t, "id"), text.Draw(t, "before"), text.Draw(t, "after")
	if rapid.Bool().Draw(t, "own id") {
		f.ID = text.Draw(t, "member id")
	}
	f.AOIID, f.JobID = Opt[string]{text.Draw(t, "aoi"), rapid.Bool().Draw(t, "aoi known")}, Opt[string]{text.Draw(t, "job"), rapid.Bool().Draw(t, "job known")}
	f.TBefore, f.TAfter, f.FirstSeen, f.LastSeen = when("before"), when("after"), when("first"), when("last")
	f.ObjDesc, f.Direction, f.DetMethod, f.Status, f.ReviewState, f.EdgeFlag = "appeared", "brighter", "automatic", "first", "candidate", "none"
	f.ScoreMax, f.ScoreMean, f.Threshold, f.ObsFrac = number.Draw(t, "max"), number.Draw(t, "mean"), number.Draw(t, "threshold"), number.Draw(t, "seen")
	f.Pixels = rapid.Int64().Draw(t, "pixels")
	for _, to := range []*Opt[float64]{
		&f.AreaM2, &f.PerimM, &f.RepLon, &f.RepLat, &f.LenM, &f.WidM, &f.OrientDeg, &f.RegDxPx, &f.RegDyPx, &f.RegSdPx, &f.PosAccM,
	} {
		*to = maybe("value")
	}
	f.PValue = Opt[float64]{rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Bool().Draw(t, "p known")}
	for _, to := range []*Opt[int]{&f.Confidence, &f.NLooked, &f.NSeen} {
		*to = Opt[int]{rapid.Int().Draw(t, "count"), rapid.Bool().Draw(t, "count known")}
	}
	return f
}

// TestReaderRoundTrip: what is read and written again has the same bytes, in both forms and both spaces.
func TestReaderRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		format := Format{Lines: rapid.Bool().Draw(t, "lines"), Pixel: rapid.Bool().Draw(t, "pixel")}
		again := func(features []*Feature) string {
			var b bytes.Buffer
			w := NewWriter(&b, format)
			for _, f := range features {
				if err := w.Write(f); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		var features []*Feature
		for range rapid.IntRange(0, 4).Draw(t, "n") {
			features = append(features, drawFeature(t, format.Pixel))
		}
		want := again(features)
		r := NewReader(strings.NewReader(want))
		if want == "" || format.Lines && rapid.Bool().Draw(t, "told") {
			r = NewLineReader(strings.NewReader(want))
		}
		read, pixel, err := rest(r)
		if err != nil {
			t.Fatalf("%v: %s", err, want)
		}
		if pixel != format.Pixel && (len(features) > 0 || !format.Lines) {
			t.Fatalf("pixel space %v: %s", pixel, want)
		}
		if got := again(read); got != want {
			t.Fatalf("read and written again:\n%s\n%s", got, want)
		}
	})
}

// TestReaderWantsAll: a collection that ends early is an error wherever it ends, never a shorter list.
func TestReaderWantsAll(t *testing.T) {
	all := write(t, Format{}, fullFeature(), fullFeature())
	for n := range len(strings.TrimRight(all, "\n")) {
		if _, _, err := readAll(all[:n]); err == nil {
			t.Fatalf("%d of %d bytes are read as a collection: %q", n, len(all), all[:n])
		}
	}
	if f, _, err := readAll(all); err != nil || len(f) != 2 {
		t.Fatal(len(f), err)
	}
}

func TestReaderOtherFiles(t *testing.T) {
	const polygon = `{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}`
	for _, c := range []struct {
		name, text string
		n          int
		bad        string
	}{
		{"members in any order", `{"name":{"a":[1]},"features":[{"properties":null,"geometry":` + polygon + `,"type":"Feature","id":7}],"type":"FeatureCollection"}`, 1, ""},
		{"no features", `{"type":"FeatureCollection","features":[]}`, 0, ""},
		{"other properties", `{ "type": "Feature", "properties": {"height": {"m": 3}}, "geometry": null}`, 1, ""},
		{"empty file", ``, 0, "unexpected EOF"},
		{"a list", `[]`, 0, "no JSON object"},
		{"no list", `{"type":"FeatureCollection"}`, 0, "no list of features"},
		{"two lists", `{"features":[],"features":[]}`, 0, "two lists"},
		{"a topology", `{"type":"Topology","features":[]}`, 0, "Topology"},
		{"behind it", `{"features":[]} {}`, 0, "goes on"},
		{"a point", `{"features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}]}`, 0, "no polygon"},
		{"an open ring", `{"features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[2,2]]]}}]}`, 0, "not closed"},
		{"no feature", `{"features":[{"type":"Polygon"}]}`, 0, "among the features"},
		{"a flat bbox", `{"features":[{"type":"Feature","bbox":[1,2]}]}`, 0, "bbox"},
		{"a number in its place", `{"features":[{"type":"Feature","properties":{"src_before":1}}]}`, 0, "src_before"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _, err := readAll(c.text)
			switch {
			case c.bad == "" && err != nil:
				t.Fatal(err)
			case c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad)):
				t.Fatalf("error %v, want one with %q", err, c.bad)
			case len(f) != c.n:
				t.Fatalf("%d features", len(f))
			}
		})
	}
	f, _, err := readAll(`{"features":[{"type":"Feature","id":7,"geometry":` + polygon + `}]}`)
	if err != nil || f[0].ID != "7" || !math.IsNaN(f[0].ScoreMax) || f[0].AreaM2.Known {
		t.Fatal(f, err)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(write(f, Format{}, fullFeature()))
	f.Add(write(f, Format{Lines: true, Pixel: true}, fullFeature()))
	f.Add(`{"features":[],"x":[{"type":1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		features, _, err := readAll(text)
		if err != nil {
			return
		}
		w := NewWriter(io.Discard, Format{})
		for _, x := range features {
			if err := w.Write(x); err != nil && !strings.Contains(err.Error(), "years") {
				t.Fatal(err)
			}
		}
	})
}
