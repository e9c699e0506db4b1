package change

import (
	"fmt"
	"math"
	"regexp"
	"strings"

	"passdiff/raster"
)

// PairKind is what sort of imagery a pair is, as far as the way to compare it depends on that.
type PairKind string

// The kinds of pairs.
const (
	Multispectral PairKind = "optical" // four bands or more, pixels of some metres or more
	VHR           PairKind = "vhr"     // very high resolution: pixels are smaller than the objects; colour, panchromatic
	SAR           PairKind = "sar"     // radar amplitude or intensity
)

// PairKinds lists the kinds.
func PairKinds() []PairKind { return []PairKind{Multispectral, VHR, SAR} }

// ParsePairKind reads a kind; "" and "auto" are the unknown one.
func ParsePairKind(s string) (PairKind, error) {
	if s == "" || s == "auto" {
		return "", nil
	}
	for _, k := range PairKinds() {
		if string(k) == s {
			return k, nil
		}
	}
	return "", fmt.Errorf("kind %q is not known; choose one of auto, optical, vhr, sar", s)
}

// The rules by which a kind is told (QUALITY, §2).
const (
	// vhrPixel is the pixel size in metres below which four bands and more are VHR.
	vhrPixel = 2.5
	// speckleCV is the coefficient of variation within 5×5 pixels above which a single band is radar: panchromatic imagery has 0.03, the
	// least speckled radar 0.08. Within a factor of doubtful it is uncertain.
	speckleCV = 0.057
	doubtful  = 1.35
	// speckleBox is the side of the window, speckleQuantile the quantile over the windows of which the mean is above the darkQuantile.
	speckleBox      = 5
	speckleQuantile = 0.25
	darkQuantile    = 0.2
)

// polarisation matches the names of radar bands.
var polarisation = regexp.MustCompile(`(?i)(^|[^a-z])(vv|vh|hh|hv|sigma0|gamma0|beta0)([^a-z]|$)`)

// decibels matches the names of bands in decibels.
var decibels = regexp.MustCompile(`(?i)(^|[^a-z])db($|[^a-z])`)

// Told is what is known of a pair before its pixels are looked at. The zero value is nothing.
type Told struct {
	// Kind is given by a person.
	Kind PairKind
	// PixelSize in metres; 0 where it is not known.
	PixelSize float64
	// BandNames as in the before file.
	BandNames []string
	// Float says that both passes hold floating-point values.
	Float bool
}

// nature is what sort of imagery a pair is, and how that is known.
type nature struct {
	Kind PairKind `json:"kind"`
	// By is "given", "band names", "bands and pixel size", "bands" or "speckle".
	By string `json:"by"`
	// Decibels says that values are 20·log₁₀ of amplitudes.
	Decibels bool `json:"decibels"`
	// Speckle is the coefficient of variation in small windows of the pass that has less of it; 0 where it was not measured.
	Speckle float64 `json:"speckle"`

	uncertain string
}

// KindOf tells what a pair is, as Auto does, from a sample of it.
func KindOf(s *raster.Sample, bands int, told Told) PairKind {
	t := &Training{Sample: s, Bands: bands, Told: told}
	return t.natureOf().Kind
}

// natureOf tells what a pair is: from what is given, from metadata, else from statistics of the sample.
func (t *Training) natureOf() nature {
	names := strings.Join(t.Told.BandNames, " ")
	n := nature{Kind: t.Told.Kind, By: "given", Decibels: decibels.MatchString(names) || t.logarithmic()}
	switch {
	case n.Kind != "":
	case polarisation.MatchString(names):
		n.Kind, n.By = SAR, "band names"
	case t.Bands >= 4 && t.Told.PixelSize > 0:
		n.Kind, n.By = Multispectral, "bands and pixel size"
		if t.Told.PixelSize < vhrPixel {
			n.Kind = VHR
		}
	case t.Bands >= 4:
		n.Kind, n.By = Multispectral, "bands"
	case t.Bands == 3:
		n.Kind, n.By = VHR, "bands"
	default:
		n.By, n.Kind = "speckle", VHR
		speckle, ok := t.speckle(n.Decibels)
		n.Speckle = round32(speckle)
		if n.Speckle > speckleCV {
			n.Kind = SAR
		}
		if !ok && t.Measured > 0 {
			n.uncertain = fmt.Sprintf("the pair is taken for %s, but its speckle cannot be told: too few windows of %d×%[2]d pixels are measured and above 0; say so with --kind", n.Kind, speckleBox)
		}
		if n.Speckle > speckleCV/doubtful && n.Speckle < speckleCV*doubtful {
			n.uncertain = fmt.Sprintf("the pair looks like %s by its speckle (%.3f, the limit is %.3f), but not clearly: say so with --kind", n.Kind, n.Speckle, speckleCV)
		}
	}
	if n.By != "given" && n.Kind != SAR && t.Bands > 2 && t.Told.Float && strings.TrimSpace(names) == "" {
		n.uncertain = t.maybeRadar(n.Kind)
	}
	n.Decibels = n.Decibels && n.Kind == SAR
	return n
}

// maybeRadar is the doubt about floats of three bands and more that nothing but their number tells to be optical: radar of several dates or
// polarisations is speckled in its first band.
func (t *Training) maybeRadar(taken PairKind) string {
	speckle, _ := t.speckle(t.inDecibels())
	if !(speckle > speckleCV) {
		return ""
	}
	return fmt.Sprintf("the pair is taken for %s by its bands, but by its speckle (%.3f, the limit is %.3f) it may be radar; --kind sar if so", taken, speckle, speckleCV)
}

// logarithmic reports whether one or two bands of floats look like decibels.
func (t *Training) logarithmic() bool { return t.Told.Float && t.Bands <= 2 && t.inDecibels() }

// inDecibels reports whether values look like decibels: at least half of those of both passes below 0, nearly all in −60…30.
func (t *Training) inDecibels() bool {
	if t.Measured == 0 {
		return false
	}
	for b := range t.Bands {
		for _, plane := range []func(*raster.TilePair) []float32{
			func(c *raster.TilePair) []float32 { return c.Before.Band(b) },
			func(c *raster.TilePair) []float32 { return c.After.Band(b) },
		} {
			q := raster.Quantiles(t.values(plane), t.Measured, 0.01, 0.5, 0.99)
			if q[0] < -60 || q[1] >= 0 || q[2] > 30 {
				return false
			}
		}
	}
	return true
}

// values calls its argument with the measured values of a plane.
func (t *Training) values(plane func(*raster.TilePair) []float32) func(func([]float32)) {
	return func(f func([]float32)) {
		for _, c := range t.Chips {
			c.EachMeasured(plane(c), f)
		}
	}
}

// speckle is the lower quartile of the coefficient of variation in small windows of the first band, of the pass that has less of it. The
// windows tile the chips. It is not ok where a pass has no window to measure it in.
func (t *Training) speckle(db bool) (cv float64, ok bool) {
	least := math.Inf(1)
	for pass, plane := range []func(*raster.TilePair) []float32{
		func(c *raster.TilePair) []float32 { return c.Before.Band(0) },
		func(c *raster.TilePair) []float32 { return c.After.Band(0) },
	} {
		var means, cvs []float32
		for _, c := range t.Chips {
			v := plane(c)
			for y := c.Out.Y; y+speckleBox <= c.Out.MaxY(); y += speckleBox {
				for x := c.Out.X; x+speckleBox <= c.Out.MaxX(); x += speckleBox {
					if mean, cv, ok := windowCV(c, v, raster.Window{X: x, Y: y, W: speckleBox, H: speckleBox}, t.offset(pass, 0), db); ok {
						means, cvs = append(means, float32(mean)), append(cvs, float32(cv))
					}
				}
			}
		}
		if len(means) == 0 {
			return 0, false
		}
		dark := raster.Quantiles(func(f func([]float32)) { f(means) }, int64(len(means)), darkQuantile)[0]
		var bright []float32
		for i, m := range means {
			if float64(m) > dark {
				bright = append(bright, cvs[i])
			}
		}
		if len(bright) == 0 {
			return 0, false
		}
		least = min(least, raster.Quantiles(func(f func([]float32)) { f(bright) }, int64(len(bright)), speckleQuantile)[0])
	}
	return least, true
}

// windowCV is the mean and the coefficient of variation of values with an offset, in a window that is measured throughout and not dark throughout.
func windowCV(c *raster.TilePair, v []float32, w raster.Window, offset float64, db bool) (mean, cv float64, ok bool) {
	var sum, sq, n float64
	ok = true
	c.EachRow(w, func(_, at, width int) {
		for i := at; i < at+width; i++ {
			if c.Valid != nil && c.Valid[i] == 0 {
				ok = false
				return
			}
			x := float64(v[i]) + offset
			if db {
				x = amplitude(x)
			}
			sum += x
			sq += float64(x * x)
			n++
		}
	})
	mean = sum / n
	if !ok || !(mean > 0) {
		return 0, 0, false
	}
	return mean, math.Sqrt(max(sq/n-float64(mean*mean), 0)) / mean, true
}
