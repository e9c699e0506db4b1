package change

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"passdiff/raster"
)

// TestModelJSON: a model survives JSON exactly; what is read back finds the same bits.
func TestModelJSON(t *testing.T) {
	p := site{seed: 60, w: 110, h: 90, bands: 2, objects: 10, bad: 5}.pair()
	for _, o := range []FitOptions{{}, {Method: CVA{Sigma: 1.7}, Threshold: Kittler{}}, {Threshold: Fixed(2), Hysteresis: 1.2}} {
		m := fit(t, p, o)
		m.Warnings = append(m.Warnings, "as it was")
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var n Model
		if err := json.Unmarshal(raw, &n); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(&n)
		if err != nil || !bytes.Equal(raw, again) {
			t.Errorf("came back as\n%s, %v, was\n%s", again, err, raw)
		}
		if n.Threshold != m.Threshold || n.Keep != m.Keep || n.Method != "cva" || n.Rule != m.Rule || n.Sample != m.Sample || n.Bands != 2 {
			t.Errorf("%+v, was %+v", n, *m)
		}
		if d := sameBits(plane(t, p, &n, 64), plane(t, p, m, 64)); d != "" {
			t.Error(d)
		}
		if d := difference(detect(t, p, m, Options{}), detect(t, p, &n, Options{})); d != "" {
			t.Error(d)
		}
	}
}

// TestModelOffset: pixels far from zero are told apart through the model's offset, also after JSON. One step of 2·10⁹ is lost in float32.
func TestModelOffset(t *testing.T) {
	const w, h, far = 60, 40, 2_000_000_000
	b, a := make([]int32, w*h), make([]int32, w*h)
	for i := range b {
		b[i] = far + int32(i*7919%23)
		a[i] = b[i]
		if x, y := i%w, i/w; x >= 20 && x < 30 && y >= 10 && y < 20 {
			a[i] += 40
		}
	}
	p := pairOf(raster.NewMemory("before", w, h, 1, b), raster.NewMemory("after", w, h, 1, a))
	m := fit(t, p, FitOptions{Threshold: Fixed(3)})
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var n Model
	if err := json.Unmarshal(raw, &n); err != nil {
		t.Fatal(err)
	}
	for _, m := range []*Model{m, &n} {
		f := detect(t, p, m, Options{})
		if len(f.Regions) != 1 || f.Regions[0].Pixels < 64 || f.Regions[0].Pixels > 144 { // 10×10, give or take 2 on each side
			t.Errorf("offset %v: %+v", m.Offset, f.Summary)
		}
	}
}

// TestModelRefuses: files that were cut, edited or made up.
func TestModelRefuses(t *testing.T) {
	m := fit(t, site{seed: 61, w: 60, h: 50, bands: 2, objects: 4}.pair(), FitOptions{Threshold: Fixed(2)})
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	edit := func(key, value string) string {
		var all map[string]json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		if _, ok := all[key]; !ok {
			t.Fatalf("model has no %q", key)
		}
		all[key] = json.RawMessage(value)
		out, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":           {``, "unexpected end"},
		"null":              {`null`, "schema"},
		"cut":               {good[:len(good)/2], "unexpected end"},
		"two":               {good + good, "after top-level value"},
		"array":             {`[]`, "cannot unmarshal"},
		"other schema":      {edit("schema", `"passdiff-model/2"`), `"passdiff-model/2"`},
		"no bands":          {edit("bands", `0`), "0 bands"},
		"too few bands":     {edit("bands", `1`), "1 bands standardises 2 and 2"},
		"huge bands":        {edit("bands", `1000000000`), "1000000000 bands"},
		"negative bands":    {edit("bands", `-1`), "-1 bands"},
		"fractional bands":  {edit("bands", `2.5`), "cannot unmarshal"},
		"offset":            {edit("offset", `[[1],null]`), "1 offsets"},
		"no norm":           {edit("norm", `{}`), "standardises 0 and 0"},
		"threshold 0":       {edit("threshold", `0`), "threshold 0"},
		"threshold below 0": {edit("threshold", `-1`), "threshold -1"},
		"threshold tiny":    {edit("threshold", `1e-60`), "threshold 1e-60"}, // 0 as a float32: everything would be changed
		"threshold too big": {edit("threshold", `1e999`), "cannot unmarshal"},
		"keep below":        {edit("keep", `1.9`), "keep 1.9"},
		"negative spread":   {edit("norm", `{"before":[{"center":1,"spread":1},{"center":0,"spread":-1}],"after":[{"center":1,"spread":1},{"center":0,"spread":1}]}`), "spread -1"},
		"other method":      {edit("method", `"magic"`), `"magic"`},
		"no scorer":         {edit("scorer", `null`), "score is missing"},
		"sigma":             {edit("scorer", `{"kind":"gauss","is":{"sigma":1e9}}`), "sigma 1e+09"},
		"negative sigma":    {edit("scorer", `{"kind":"gauss","is":{"sigma":-1}}`), "sigma -1"},
		"unknown score":     {edit("scorer", `{"kind":"magic","is":{}}`), `unknown kind "magic"`},
		"gauss of nothing":  {edit("scorer", `{"kind":"gauss","is":{"sigma":1}}`), "score is missing"},
		"forms of one band": {edit("scorer", `{"kind":"forms","is":{"after":[[1]],"before":[[1]],"shift":[0]}}`), "1 and 1 bands, not 2"},
		"evidence":          {edit("evidence", `{"kind":"forms","is":{"shift":[0]}}`), "0 after"},
		"gate":              {edit("gate", `-1`), "gate -1"},
		"confidence":        {edit("confidence", `{"area":-6}`), "against -6 pixels"},
	} {
		n := Model{Bands: 77}
		if err := json.Unmarshal([]byte(c.text), &n); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if n.Bands != 77 && name != "null" {
			t.Errorf("%s: the model was changed", name)
		}
	}
	// Numbers that a file may hold but no fit gives do not break a detection.
	for name, text := range map[string]string{
		"tiny spread":  edit("norm", `{"before":[{"center":1e308,"spread":5e-324},{"center":0,"spread":1e300}],"after":[{"center":1,"spread":1e-320},{"center":0,"spread":1}]}`),
		"offsets":      edit("offset", `[[1e308,-1e308],[-1e308,1e300]]`),
		"keep at most": edit("keep", `1e308`),
	} {
		var n Model
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		p := site{seed: 61, w: 60, h: 50, bands: 2, objects: 4}.pair()
		for i, v := range plane(t, p, &n, 32) {
			if !(v >= 0 && v <= math.MaxFloat32) {
				t.Fatalf("%s: pixel %d scores %v", name, i, v)
			}
		}
		detect(t, p, &n, Options{})
	}
}

func TestFit(t *testing.T) {
	p := site{seed: 62, w: 110, h: 90, bands: 2, objects: 10, bad: 5}.pair()
	s, err := raster.ReadSample(t.Context(), p, raster.SampleOptions{Halo: CVA{}.Halo()})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		o    FitOptions
		keep float64 // Keep / Threshold
	}{
		{"default", FitOptions{Method: CVA{}}, 1.4},
		{"kittler", FitOptions{Method: CVA{}, Threshold: Kittler{}}, 1.4},
		{"fixed", FitOptions{Method: CVA{}, Threshold: Fixed(2)}, 1},
		{"fixed with hysteresis", FitOptions{Method: CVA{}, Threshold: Fixed(2), Hysteresis: 1.5}, 1.5},
		{"none", FitOptions{Method: CVA{}, Hysteresis: 1}, 1},
	} {
		var first *Model
		for workers := 1; workers <= 3; workers++ {
			c.o.Workers = workers
			m, err := Fit(t.Context(), s, 2, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = m
			}
			if m.Threshold != first.Threshold || m.Norm.Before[0] != first.Norm.Before[0] {
				t.Errorf("%s: %d workers give threshold %v, one gives %v", c.name, workers, m.Threshold, first.Threshold)
			}
		}
		// Both are rounded to 32 bits.
		if math.Abs(first.Keep/first.Threshold-c.keep) > 0x1p-30 || len(first.Warnings) != 0 {
			t.Errorf("%s: threshold %v, keep %v, warnings %q", c.name, first.Threshold, first.Keep, first.Warnings)
		}
		rule := c.o.Threshold
		if rule == nil {
			rule = Otsu{}
		}
		if first.Rule != rule.String() || len(first.Candidates) != len(thresholds) || first.Candidates["otsu"] <= 0 || first.Candidates["kittler"] <= 0 {
			t.Errorf("%s: rule %q, candidates %v", c.name, first.Rule, first.Candidates)
		}
		if v, ok := first.Candidates[first.Rule]; ok && v != first.Threshold {
			t.Errorf("%s: threshold %v is not its candidate %v", c.name, first.Threshold, v)
		}
		if want := (SampleFacts{Chips: 1, Whole: true, Pixels: 110 * 90, Measured: s.Measured}); first.Sample != want || s.Measured == want.Pixels {
			t.Errorf("%s: sample %+v, want %+v", c.name, first.Sample, want)
		}
	}
	for _, h := range []float64{0.9, -1, math.NaN(), math.Inf(1)} {
		if _, err := Fit(t.Context(), s, 2, FitOptions{Hysteresis: h}); err == nil || !strings.Contains(err.Error(), "hysteresis") {
			t.Errorf("hysteresis %v: %v", h, err)
		}
	}
	for _, sigma := range []float64{-1, 21.5, math.NaN(), math.Inf(1)} {
		if _, err := (CVA{Sigma: sigma}).Fit(t.Context(), &Training{Sample: s, Bands: 2, Norm: Standardise(s, 2)}); err == nil || !strings.Contains(err.Error(), "sigma") {
			t.Errorf("sigma %v: %v", sigma, err)
		}
	}
	coarse := *s
	coarse.Coarse = []int{1}
	if m, err := Fit(t.Context(), &coarse, 2, FitOptions{Method: CVA{}}); err != nil || len(m.Warnings) != 1 || !strings.Contains(m.Warnings[0], "band 2 holds values further apart") {
		t.Errorf("coarse: %v", err)
	}
}
