package gdal

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/airbusgeo/godal"
)

// errLocal is a CRS that is neither geographic nor projected.
var errLocal = errors.New("a local CRS")

// canonical is the form in which CRSs are compared and written down: "EPSG:n" when the definition of that code is the same as wkt, by
// the code it carries or the one that GDAL recognises, else WKT; "" for "". Of a compound CRS it is the horizontal part, since
// heights play no part here. It returns errLocal for a CRS without a place on Earth.
func canonical(wkt string) (string, error) {
	if wkt == "" {
		return "", nil
	}
	wkt = horizontal(wkt)
	sr, err := godal.NewSpatialRefFromWKT(wkt, quiet())
	if err != nil {
		return "", err
	}
	defer sr.Close()
	if !sr.Projected() && !sr.Geographic() {
		return "", errLocal
	}
	code := epsg(sr)
	if code == 0 {
		guess, err := godal.NewSpatialRefFromWKT(wkt, quiet())
		if err != nil {
			return "", err
		}
		defer guess.Close()
		if guess.AutoIdentifyEPSG() == nil {
			code = epsg(guess)
		}
	}
	if code != 0 {
		if known, err := godal.NewSpatialRefFromEPSG(code, quiet()); err == nil {
			defer known.Close()
			if known.IsSame(sr) {
				return "EPSG:" + strconv.Itoa(code), nil
			}
		}
	}
	return sr.WKT(godal.ErrLogger(failuresOnly))
}

// epsg is the code that a definition carries; 0 when it has none.
func epsg(sr *godal.SpatialRef) int {
	if sr.AuthorityName("") != "EPSG" {
		return 0
	}
	code, _ := strconv.Atoi(sr.AuthorityCode(""))
	return code
}

// horizontal is the first CRS inside the compound CRS of a WKT, or the WKT itself.
func horizontal(wkt string) string {
	for _, word := range []string{"COMPD_CS[", "COMPOUNDCRS["} {
		if !strings.HasPrefix(wkt, word) {
			continue
		}
		depth, start, quoted := 0, -1, false
		for i := range len(wkt) {
			switch c := wkt[i]; {
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[':
				depth++
			case c == ']':
				if depth--; depth == 1 && start >= 0 {
					return strings.TrimSpace(wkt[start : i+1])
				}
			case c == ',' && depth == 1 && start < 0:
				start = i + 1
			}
		}
	}
	return wkt
}

// parse makes a CRS from the canonical form.
func parse(crs string) (*godal.SpatialRef, error) {
	if crs == "OGC:CRS84" {
		crs = "EPSG:4326" // the same, as axes are always longitude first here
	}
	if code, ok := strings.CutPrefix(crs, "EPSG:"); ok {
		n, err := strconv.Atoi(code)
		if err != nil {
			return nil, fmt.Errorf("%q is not an EPSG code", code)
		}
		return godal.NewSpatialRefFromEPSG(n, quiet())
	}
	return godal.NewSpatialRefFromWKT(crs, quiet())
}

func quiet() interface{ godal.CreateSpatialRefOption } { return godal.ErrLogger(failuresOnly) }

// failuresOnly drops warnings.
func failuresOnly(ec godal.ErrorCategory, _ int, msg string) error {
	if ec >= godal.CE_Failure {
		return errors.New(tidy(msg, ""))
	}
	return nil
}

// SameCRS reports whether a and b, in the form of raster.Grid.CRS, are the same coordinate reference system: equal strings, or equal
// definitions by PROJ with names left aside. No CRS ("") is the same only as no CRS. It is safe for concurrent use.
func SameCRS(a, b string) bool {
	if a == b {
		return true
	}
	if a == "" || b == "" || setup() != nil {
		return false
	}
	sa, err := parse(a)
	if err != nil {
		return false
	}
	defer sa.Close()
	sb, err := parse(b)
	if err != nil {
		return false
	}
	defer sb.Close()
	return sa.IsSame(sb)
}

// LonLat takes coordinates of one CRS to longitude and latitude in degrees (OGC:CRS84, that is WGS 84, longitude first). It is not safe
// for concurrent use: each goroutine makes its own.
type LonLat struct {
	t   *godal.Transform // nil when the CRS is longitude and latitude already
	crs string
}

// NewLonLat makes the transformation from crs, which has the form of raster.Grid.CRS. The caller closes it. Which transformation between
// datums is used depends on the PROJ installation, its grids and its environment.
func NewLonLat(crs string) (*LonLat, error) {
	if err := setup(); err != nil {
		return nil, err
	}
	if crs == "" {
		return nil, errors.New("no CRS to take to longitude and latitude")
	}
	l := &LonLat{crs: crs}
	if SameCRS(crs, "EPSG:4326") || crs == "OGC:CRS84" {
		return l, nil
	}
	src, err := parse(crs)
	if err != nil {
		return nil, fmt.Errorf("CRS %s cannot be understood: %w", short(crs), err)
	}
	defer src.Close()
	dst, err := parse("EPSG:4326")
	if err != nil {
		return nil, fmt.Errorf("PROJ does not know EPSG:4326; is its database installed: %w", err)
	}
	defer dst.Close()
	if l.t, err = godal.NewTransform(src, dst, godal.ErrLogger(failuresOnly)); err != nil {
		return nil, fmt.Errorf("CRS %s cannot be taken to longitude and latitude: %w", short(crs), err)
	}
	return l, nil
}

// Project replaces x and y, coordinates of the CRS in its own units with x or longitude first, by longitude and latitude in degrees. The
// slices have the same length. A point that has no longitude and latitude becomes NaN in both; it is an error when no point has.
func (l *LonLat) Project(x, y []float64) error {
	if len(x) != len(y) {
		panic("gdal: Project of slices that differ in length")
	}
	if len(x) == 0 {
		return nil
	}
	if l.t != nil {
		// The error only says that some point failed; the failed ones come back infinite.
		_ = l.t.TransformEx(x, y, nil, nil)
	}
	placed := 0
	for i := range x {
		// v−v is 0 only for finite v
		if x[i]-x[i] != 0 || y[i]-y[i] != 0 || math.Abs(y[i]) > 90 {
			x[i], y[i] = math.NaN(), math.NaN()
			continue
		}
		placed++
	}
	if placed == 0 {
		return fmt.Errorf("no point has a longitude and latitude by CRS %s", short(l.crs))
	}
	return nil
}

// Close releases the transformation. A second Close does nothing.
func (l *LonLat) Close() {
	if l.t != nil {
		l.t.Close()
	}
}

// short is a CRS for messages: a code, or the name in front of a WKT.
func short(crs string) string {
	if parts := strings.SplitN(crs, `"`, 3); len(parts) == 3 {
		return strconv.Quote(parts[1])
	}
	return crs
}
