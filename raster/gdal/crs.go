package gdal

import (
	"errors"
	"fmt"
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
	if a == "" || b == "" || Setup() != nil {
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

// CRS is the form in which raster.Grid.CRS has the CRS that a person or a file gives as "EPSG:n", "OGC:CRS84" or WKT: "EPSG:n" when its
// definition is that of the code, else WKT; heights are left out. A CRS without a place on Earth is an error. It is safe for
// concurrent use.
func CRS(text string) (string, error) {
	if err := Setup(); err != nil {
		return "", err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", errors.New("no CRS")
	}
	if rest, ok := strings.CutPrefix(strings.ToUpper(text), "EPSG:"); ok {
		text = "EPSG:" + rest
	}
	if strings.EqualFold(text, "OGC:CRS84") || strings.EqualFold(text, "CRS84") {
		return "EPSG:4326", nil // axes are always longitude first here
	}
	sr, err := parse(text)
	if err != nil {
		return "", fmt.Errorf("CRS %s cannot be understood: %w", short(text), err)
	}
	defer sr.Close()
	wkt, err := sr.WKT(godal.ErrLogger(failuresOnly))
	if err != nil {
		return "", fmt.Errorf("CRS %s cannot be understood: %w", short(text), err)
	}
	crs, err := canonical(wkt)
	if err != nil {
		return "", fmt.Errorf("CRS %s: %w", short(text), err)
	}
	return crs, nil
}

// geographic reports whether coordinates of crs are longitude and latitude.
func geographic(crs string) bool {
	sr, err := parse(crs)
	if err != nil {
		return false
	}
	defer sr.Close()
	return sr.Geographic()
}

// short is a CRS for messages: a code, or the name in front of a WKT.
func short(crs string) string {
	if parts := strings.SplitN(crs, `"`, 3); len(parts) == 3 {
		return strconv.Quote(parts[1])
	}
	return crs
}
