package change

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// Index is the change of a normalised difference of two bands:
//
//	S = G_σ |I(y) − I(x)|,  I(v) = (v_p − v_q)/(v_p + v_q)
//
// A gain common to both bands of a pass leaves it the same; an offset does not: take reflectances. Pixels whose two bands add up to 0
// or less have index 0.
type Index struct {
	// Of is the name of an index (IndexNames), or "" when the bands are given.
	Of string
	// Bands are p and q, by number from 1 or by name; empty takes those that Of names.
	Bands [2]string
	// Sigma smooths the score, in pixels; 0 means 1.
	Sigma float64
}

// indices are the bands p and q of well-known indices.
var indices = []struct {
	name, p, q string
}{
	{"ndvi", "nir", "red"},     // vegetation (Rouse et al. 1974)
	{"ndwi", "green", "nir"},   // open water (McFeeters 1996, doi:10.1080/01431169608948714)
	{"mndwi", "green", "swir"}, // open water beside buildings (Xu 2006, doi:10.1080/01431160600589179)
	{"ndbi", "swir", "nir"},    // built-up land (Zha et al. 2003, doi:10.1080/01431160304987)
	{"nbr", "nir", "swir2"},    // burnt ground (Key and Benson 2006)
}

// bandNames are how files call the bands that indices need, in lower case. Numbers such as B4 that mean another band on another sensor
// are not among them.
var bandNames = map[string][]string{
	"green": {"green", "b03"},
	"red":   {"red", "b04"},
	"nir":   {"nir", "nir08", "near infrared", "near-infrared", "b08"},
	"swir":  {"swir", "swir1", "swir16", "b11"},
	"swir2": {"swir2", "swir22", "b12"},
}

// IndexNames lists the indices that can be asked for by name.
func IndexNames() []string {
	var names []string
	for _, i := range indices {
		names = append(names, i.name)
	}
	return names
}

// parseIndex reads what follows "index:": a name, a name and two bands ("ndvi:4,3"), or two bands ("4,3").
func parseIndex(arg string) (Method, error) {
	name, bands, given := strings.Cut(arg, ":")
	if !given && strings.Contains(arg, ",") {
		name, bands, given = "", arg, true
	}
	m := Index{Of: name}
	if name != "" && !slices.Contains(IndexNames(), name) {
		return nil, fmt.Errorf("index %q is not known; choose one of %s, or give two bands: index:4,3", name, strings.Join(IndexNames(), ", "))
	}
	if given {
		p, q, ok := strings.Cut(bands, ",")
		if !ok || p == "" || q == "" || sameBand(p, q) || strings.Contains(q, ",") {
			return nil, fmt.Errorf("index of bands %q: give two, by number or name, like 4,3", bands)
		}
		m.Bands = [2]string{p, q}
	} else if name == "" {
		return nil, fmt.Errorf("an index needs a name or two bands: index:%s or index:4,3", indices[0].name)
	}
	return m, nil
}

// sameBand reports whether two names or numbers mean one band.
func sameBand(p, q string) bool {
	n, err1 := strconv.Atoi(p)
	m, err2 := strconv.Atoi(q)
	return p == q || err1 == nil && err2 == nil && n == m
}

// Name is "index:" and what is measured.
func (m Index) Name() string {
	bands := m.Bands[0] + "," + m.Bands[1]
	switch {
	case m.Bands == [2]string{}:
		return "index:" + m.Of
	case m.Of == "":
		return "index:" + bands
	}
	return "index:" + m.Of + ":" + bands
}

// Halo is the reach of the Gaussian.
func (m Index) Halo() int { return kernel.Radius(orDefault(m.Sigma)) }

// Fit finds the bands.
func (m Index) Fit(_ context.Context, t *Training) (Fitted, error) {
	d := &normalisedDifference{Offset: t.Offset}
	for i, want := range m.wanted() {
		b, err := t.findBand(want)
		if err != nil {
			return Fitted{}, fmt.Errorf("%s: %w", m.Name(), err)
		}
		d.Bands[i] = b
	}
	s, err := smoothed(d, m.Sigma, t.Bands)
	return Fitted{Scorer: s, Facts: map[string]any{"bands": [2]int{d.Bands[0] + 1, d.Bands[1] + 1}}}, err
}

// wanted are the bands p and q: each as names it may have.
func (m Index) wanted() [2][]string {
	if m.Bands != [2]string{} {
		return [2][]string{{m.Bands[0]}, {m.Bands[1]}}
	}
	i := slices.IndexFunc(indices, func(d struct{ name, p, q string }) bool { return d.name == m.Of })
	return [2][]string{bandNames[indices[i].p], bandNames[indices[i].q]}
}

// findBand is the band, counted from 0, that has one of the names or, for a single one, that number.
func (t *Training) findBand(names []string) (int, error) {
	if n, err := strconv.Atoi(names[0]); err == nil && len(names) == 1 {
		if n < 1 || n > t.Bands {
			return 0, fmt.Errorf("band %d: the pair has %d", n, t.Bands)
		}
		return n - 1, nil
	}
	for b, have := range t.Told.BandNames[:min(len(t.Told.BandNames), t.Bands)] {
		if slices.Contains(names, strings.ToLower(have)) || names[0] == have {
			return b, nil
		}
	}
	// A description such as "B08 nir" names its band by one of its words.
	for b, have := range t.Told.BandNames[:min(len(t.Told.BandNames), t.Bands)] {
		if slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(have), notWord), func(w string) bool { return slices.Contains(names, w) }) {
			return b, nil
		}
	}
	return 0, fmt.Errorf("no band is called %s; the pair has %s: give the bands by number, like index:4,3", strings.Join(names, " or "), strings.Join(t.Told.BandNames, ", "))
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// normalisedDifference is the change of a normalised difference.
type normalisedDifference struct {
	// Bands are p and q, from 0.
	Bands [2]int `json:"bands"`
	// Offset is what was subtracted from the values as they were read, by pass and band; nil for nothing.
	Offset [2][]float64 `json:"offset"`
}

func (*normalisedDifference) kind() string { return "difference" }

func (*normalisedDifference) Halo() int { return 0 }

func (d *normalisedDifference) prepare(bands int) error {
	for _, b := range d.Bands {
		if b < 0 || b >= bands {
			return fmt.Errorf("difference of band %d of %d", b+1, bands)
		}
	}
	for _, o := range d.Offset {
		if o != nil && len(o) != bands {
			return fmt.Errorf("difference with %d offsets for %d bands", len(o), bands)
		}
	}
	return nil
}

func (d *normalisedDifference) worker(*scratch) scoring {
	var offset [2][2]float32
	for pass, o := range d.Offset {
		for i, b := range d.Bands {
			if o != nil {
				offset[pass][i] = float32(o[b])
			}
		}
	}
	value := func(p, q float32) float32 {
		if s := p + q; s > 0 && s <= math.MaxFloat32 {
			return (p - q) / s
		}
		return 0
	}
	var r rowReader
	return func(dst *raster.Tile, t *raster.TilePair) {
		row := 0
		t.EachRow(dst.Window, func(y, at, n int) {
			out := dst.Data[row*dst.Stride:][:n]
			p, q, bands := d.Bands[0], d.Bands[1], t.After.Bands
			all := r.read(t, []int{bands + p, bands + q, p, q}, dst.Window.X, y, n)
			xp, xq, yp, yq := all[0], all[1], all[2], all[3]
			for i := range out {
				v := value(yp[i]+offset[1][0], yq[i]+offset[1][1]) - value(xp[i]+offset[0][0], xq[i]+offset[0][1])
				out[i] = min(max(v, -v), math.MaxFloat32)
			}
			if t.Valid != nil {
				kernel.ClearWhere(out, t.Valid[at:at+n])
			}
			row++
		})
	}
}
