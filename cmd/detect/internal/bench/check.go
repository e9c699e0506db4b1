package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// check looks whether an output is whole, and counts its features when it is GeoJSON. It holds one feature at a time.
func check(path string) (features int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	switch ext := filepath.Ext(path); ext {
	case ".geojson":
		features, err = countFeatures(bufio.NewReader(f))
	case ".tif":
		err = checkTIFF(f)
	default:
		err = fmt.Errorf("do not know what is in %q", ext)
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	return features, nil
}

// checkTIFF looks at the first bytes, of a classic or a BigTIFF in little-endian order.
func checkTIFF(r io.Reader) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	if s := string(head[:]); s != "II*\x00" && s != "II+\x00" {
		return fmt.Errorf("begins with %q, which is no TIFF", s)
	}
	return nil
}

// countFeatures reads a FeatureCollection to its end. Every feature must have a polygon or several; none at all is an error.
func countFeatures(r io.Reader) (n int, err error) {
	dec := json.NewDecoder(r)
	if err := expect(dec, json.Delim('{')); err != nil {
		return 0, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return 0, err
		}
		if key != "features" {
			var skipped json.RawMessage
			if err := dec.Decode(&skipped); err != nil {
				return 0, err
			}
			continue
		}
		if err := expect(dec, json.Delim('[')); err != nil {
			return 0, err
		}
		for ; dec.More(); n++ {
			var f struct{ Geometry struct{ Type string } }
			if err := dec.Decode(&f); err != nil {
				return 0, err
			}
			if t := f.Geometry.Type; t != "Polygon" && t != "MultiPolygon" {
				return 0, fmt.Errorf("feature %d has a geometry of type %q", n+1, t)
			}
		}
		if err := expect(dec, json.Delim(']')); err != nil {
			return 0, err
		}
	}
	if err := expect(dec, json.Delim('}')); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, errors.New("has no features")
	}
	return n, nil
}

func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err == nil && got != want {
		err = fmt.Errorf("%v stands where %v should", got, want)
	}
	return err
}
