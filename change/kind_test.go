package change

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"passdiff/raster"
)

// TestKindDoubts: a kind is doubtful where its speckle has no window, and where floats of many bands without names are speckled.
func TestKindDoubts(t *testing.T) {
	const side = 100
	pair := func(bands int, speckle float64, gaps bool) *raster.Sample {
		var m [2]*raster.Memory
		for pass := range m {
			r := rand.New(rand.NewPCG(5, uint64(pass)))
			v, valid := make([]float32, side*side*bands), make([]uint8, side*side)
			for i := range v {
				v[i] = float32((9 + math.Sin(float64(i%side)/20)) * (1 + speckle*r.NormFloat64()))
			}
			for i := range valid {
				if !gaps || i%3 > 0 {
					valid[i] = 255
				}
			}
			m[pass] = raster.NewMemory("pass", side, side, bands, v)
			m[pass].Pixels.Valid = valid
		}
		s, err := raster.ReadSample(t.Context(), pairOf(m[0], m[1]), raster.SampleOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		name    string
		bands   int
		speckle float64
		gaps    bool
		told    Told
		want    PairKind
		doubt   string
	}{
		{"panchromatic", 1, 0.01, false, Told{Float: true}, VHR, ""},
		{"no window", 1, 0.25, true, Told{Float: true}, VHR, "say so with --kind"},
		{"no window, given", 1, 0.25, true, Told{Kind: SAR}, SAR, ""},
		{"three smooth bands", 3, 0.01, false, Told{Float: true}, VHR, ""},
		{"three speckled bands", 3, 0.25, false, Told{Float: true}, VHR, "may be radar; --kind sar if so"},
		{"four speckled bands", 4, 0.25, false, Told{Float: true, PixelSize: 10}, Multispectral, "may be radar; --kind sar if so"},
		{"four speckled bands with names", 4, 0.25, false, Told{Float: true, BandNames: []string{"red"}}, Multispectral, ""},
		{"four speckled bands of integers", 4, 0.25, false, Told{}, Multispectral, ""},
		{"four speckled bands, given", 4, 0.25, false, Told{Float: true, Kind: Multispectral}, Multispectral, ""},
	} {
		n := (&Training{Sample: pair(c.bands, c.speckle, c.gaps), Bands: c.bands, Told: c.told}).natureOf()
		if n.Kind != c.want || (n.uncertain == "") != (c.doubt == "") || !strings.HasSuffix(n.uncertain, c.doubt) {
			t.Errorf("%s: %s, doubt %q; want %s, %q", c.name, n.Kind, n.uncertain, c.want, c.doubt)
		}
	}
}
