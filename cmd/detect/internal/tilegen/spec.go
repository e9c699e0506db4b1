package tilegen

import (
	"errors"
	"fmt"
	"math"
	"time"

	"passdiff/raster"
)

// Land is the kind of ground a scene shows.
type Land uint8

// The zero value is Farmland.
const (
	Farmland Land = iota // small fields, woods, villages and roads
	Coast                // sea, beach and fields behind it
	Plain                // large smooth fields, few roads: compresses well
)

// String is the lower-case name of the land.
func (l Land) String() string {
	switch l {
	case Farmland:
		return "farmland"
	case Coast:
		return "coast"
	case Plain:
		return "plain"
	}
	return fmt.Sprintf("Land(%d)", uint8(l))
}

// Spec says what pair to make. The zero value is valid: a 512×512 farmland pair of 4 uint16 bands whose passes are identical.
// Counts are reflectance × 10000.
type Spec struct {
	Seed uint64
	Land Land
	// Width and Height of the before pass in pixels; 0 means 512.
	Width, Height int
	// Bands is the number of bands, 1..16; 0 means 4 (blue, green, red, near infrared; the order repeats beyond four).
	Bands int
	// Type is Uint8, Uint16 or Float32; 0 means Uint16.
	Type raster.DataType
	// Step is how many counts one DN of an integer file stands for; 0 means 1 for Uint16 and 20 for Uint8. Float32 files store
	// reflectance and ignore it.
	Step int
	// CRS of both passes, "EPSG:n"; "" means EPSG:32631.
	CRS string
	// PixelSize in CRS units; 0 means 10.
	PixelSize float64
	// OriginX and OriginY are the CRS coordinates of the before grid's upper left corner; both 0 mean (600000, 5800000).
	OriginX, OriginY float64
	// After is the window of the after pass in pixels of the before grid; it may reach beyond the before pass. The zero Window
	// means the before pass's own.
	After raster.Window

	// Objects is the number of changed objects, of 5 to 400 px, log-uniform.
	Objects int
	// Density is the share of the pixels observed in both passes that large objects, of about 100 to 400 px, are to cover, 0 to 0.35; when it is
	// not 0, Objects must be. They stand on a lattice, because objects dealt at random leave no place for more from 0.1 on.
	Density float64
	// Contrast is the least change an object makes in any band, in counts before drift; 0 means 600.
	Contrast float64
	// Texture is the standard deviation of the fixed texture that both passes see, in counts; 0 means 25.
	Texture float64
	// Noise is the standard deviation of the sensor noise in each pass, in counts.
	Noise float64
	// Looks is the number of independent looks of a radar: brightness is an amplitude under fresh speckle in each pass, as strong as
	// so many averaged intensities leave it. 0 means no speckle.
	Looks int
	// Gain and Offset (counts) turn brightness in the before pass into brightness in the after pass, band by band; nil means 1 and 0.
	Gain, Offset []float64
	// Haze is the standard deviation of a smooth drift of the after pass, in counts.
	Haze float64
	// ShiftX and ShiftY say by how many pixels ground features lie further right and down in the after pass than its grid
	// claims. They are rounded to 1/256 of a ground cell (see Subsample).
	ShiftX, ShiftY float64
	// Subsample is the number of ground cells along a pixel's side: pixels are exact area means of the ground. 0 means 1, or 4
	// when there is a sub-pixel shift. Cost grows with its square.
	Subsample int
	// Collar is how far the slanted nodata border reaches in from the middle of each side, in pixels; 0 means no border.
	Collar int
	// Clouds is the number of clouds in the after pass. CloudRadius is their rough radius in pixels; 0 means an eighth of the
	// after pass's shorter side.
	Clouds, CloudRadius int

	// BeforeTime and AfterTime are acquisition times for the files, "2024-05-01T10:30:00Z"; "" leaves them out.
	BeforeTime, AfterTime string
	// BeforeLayout and AfterLayout say how the files are stored.
	BeforeLayout, AfterLayout Layout
}

// maxSide bounds a scene's side in pixels so that positions in ground cells stay far from overflow.
const maxSide = 1 << 20

// withDefaults fills in what the zero value leaves open.
func (s Spec) withDefaults() Spec {
	def := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	def(&s.Width, 512)
	def(&s.Height, 512)
	def(&s.Bands, 4)
	if s.Type == 0 {
		s.Type = raster.Uint16
	}
	def(&s.Step, map[bool]int{true: 20, false: 1}[s.Type == raster.Uint8])
	if s.CRS == "" {
		s.CRS = "EPSG:32631"
	}
	if s.PixelSize == 0 {
		s.PixelSize = 10
	}
	if s.OriginX == 0 && s.OriginY == 0 {
		s.OriginX, s.OriginY = 600000, 5800000
	}
	if s.After == (raster.Window{}) {
		s.After = raster.Window{W: s.Width, H: s.Height}
	}
	if s.Contrast == 0 {
		s.Contrast = 600
	}
	if s.Texture == 0 {
		s.Texture = 25
	}
	def(&s.Subsample, map[bool]int{true: 4, false: 1}[s.ShiftX != 0 || s.ShiftY != 0])
	if s.Clouds > 0 {
		def(&s.CloudRadius, max(1, min(s.After.W, s.After.H)/8))
	}
	s.BeforeLayout = s.BeforeLayout.withDefaults()
	s.AfterLayout = s.AfterLayout.withDefaults()
	return s
}

// Validate reports all problems at once.
func (s Spec) Validate() error {
	s = s.withDefaults()
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("tilegen: "+format, args...))
		}
	}
	within := func(name string, v, lo, hi float64) {
		check(v >= lo && v <= hi, "%s is %g; it must be in %g..%g", name, v, lo, hi)
	}
	check(s.Land <= Plain, "no such land: %v", s.Land)
	within("width", float64(s.Width), 1, maxSide)
	within("height", float64(s.Height), 1, maxSide)
	within("bands", float64(s.Bands), 1, 16)
	check(s.Type == raster.Uint8 || s.Type == raster.Uint16 || s.Type == raster.Float32,
		"data type is %v; it must be uint8, uint16 or float32", s.Type)
	within("step", float64(s.Step), 1, 1000)
	check(s.PixelSize > 0 && !math.IsInf(s.PixelSize, 0), "pixel size is %g; it must be positive", s.PixelSize)
	check(!s.After.Empty(), "after window %v is empty", s.After)
	check(raster.Window{X: -maxSide, Y: -maxSide, W: 3 * maxSide, H: 3 * maxSide}.Contains(s.After),
		"after window %v lies too far out", s.After)
	within("objects", float64(s.Objects), 0, 1<<20)
	within("density", s.Density, 0, 0.35)
	check(s.Objects == 0 || s.Density == 0, "%d objects and a density of %g; give one of them", s.Objects, s.Density)
	within("contrast", s.Contrast, 1, 900)
	within("texture", s.Texture, 0, 1000)
	within("noise", s.Noise, 0, 1000)
	within("looks", float64(s.Looks), 0, 64)
	within("haze", s.Haze, 0, 1000)
	check(len(s.Gain) == 0 || len(s.Gain) == s.Bands, "%d gains for %d bands", len(s.Gain), s.Bands)
	check(len(s.Offset) == 0 || len(s.Offset) == s.Bands, "%d offsets for %d bands", len(s.Offset), s.Bands)
	for _, g := range s.Gain {
		within("gain", g, 0.1, 10)
	}
	for _, o := range s.Offset {
		within("offset", o, -5000, 5000)
	}
	within("shift x", s.ShiftX, -16, 16)
	within("shift y", s.ShiftY, -16, 16)
	within("subsample", float64(s.Subsample), 1, 16)
	within("collar", float64(s.Collar), 0, maxSide)
	within("clouds", float64(s.Clouds), 0, 1000)
	within("cloud radius", float64(s.CloudRadius), 0, maxSide)
	for _, v := range []string{s.BeforeTime, s.AfterTime} {
		_, err := time.Parse(time.RFC3339, v)
		check(v == "" || err == nil, "acquisition time is %q; it must be like 2024-05-01T10:30:00Z", v)
	}
	errs = append(errs, s.BeforeLayout.validate("before"), s.AfterLayout.validate("after"))
	return errors.Join(errs...)
}

// beforeGrid and afterGrid are the grids the files claim; a sub-pixel shift is what they do not say.
func (s Spec) beforeGrid() raster.Grid {
	return raster.Grid{
		CRS:    s.CRS,
		Affine: raster.Affine{s.OriginX, s.PixelSize, 0, s.OriginY, 0, -s.PixelSize},
		Width:  s.Width, Height: s.Height,
	}
}

func (s Spec) afterGrid() raster.Grid {
	g := s.beforeGrid()
	g.Affine[0], g.Affine[3] = g.Affine.Apply(float64(s.After.X), float64(s.After.Y))
	g.Width, g.Height = s.After.W, s.After.H
	return g
}

// nodata is the value that files of the type declare and store where nothing was measured.
func (s Spec) nodata() float64 {
	if s.Type == raster.Float32 {
		return -9999
	}
	return 0
}

// fixed turns counts into the fixed point of the pixel arithmetic, 1/256 count. The product is exact, so fusing changes nothing.
func fixed(counts float64) int32 { return int32(math.Floor(counts*256 + 0.5)) }
