package change

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"passdiff/raster"
)

// A Method is a way to measure change between two passes. It is a small value that holds its settings.
type Method interface {
	// Name is the method's name in Models and on the command line.
	Name() string
	// Halo is how many pixels around a pixel its score can depend on.
	Halo() int
	// Fit learns from a sample, whose halo is at least Halo, and from its standardisation.
	Fit(s *raster.Sample, n Norm) (Scorer, error)
}

// A Scorer is a fitted Method. It is immutable, safe for concurrent use, and marshals to JSON with everything it needs.
type Scorer interface {
	Halo() int
	// Worker returns a function for one goroutine, with buffers of its own. The function fills dst, one band, for dst's window, which
	// grown by Halo lies inside the tiles. Scores are at least 0 and finite; those of pixels that are not valid are 0.
	Worker() func(dst *raster.Tile, t *raster.TilePair)
}

// entry is a method as the table below knows it: with its default settings, and how to read its Scorer back.
type entry struct {
	method Method
	load   func(raw json.RawMessage, n Norm) (Scorer, error)
}

// methods are all methods by name.
var methods = []entry{
	{CVA{}, loadCVA},
}

// ParseMethod finds a method with its default settings by name.
func ParseMethod(name string) (Method, error) {
	if i := slices.IndexFunc(methods, func(e entry) bool { return e.method.Name() == name }); i >= 0 {
		return methods[i].method, nil
	}
	return nil, fmt.Errorf("method %q is not known; choose one of %s", name, strings.Join(MethodNames(), ", "))
}

// MethodNames lists the methods.
func MethodNames() []string {
	var names []string
	for _, e := range methods {
		names = append(names, e.method.Name())
	}
	return names
}

func loadScorer(name string, raw json.RawMessage, n Norm) (Scorer, error) {
	for _, e := range methods {
		if e.method.Name() == name {
			return e.load(raw, n)
		}
	}
	return nil, fmt.Errorf("model of unknown method %q", name)
}
