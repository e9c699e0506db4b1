package main

import (
	"fmt"
	"os"
	"testing"
)

// TestSwappedRuns: with the passes the other way round every method but auto marks the same pixels; what appeared disappeared, and what got
// brighter got darker. Roundings differ, so that one pixel in ten thousand may, too.
func TestSwappedRuns(t *testing.T) {
	t.Parallel()
	p := tile("coast")
	swapped := map[string]string{"appeared": "disappeared", "disappeared": "appeared", "altered": "altered", "brighter": "darker", "darker": "brighter", "mixed": "mixed"}
	for _, method := range []string{"cva", "irmad", "isfa", "acd", "logratio", "index:1,3", "sam", "structure"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			options := []string{"--method", method, "--register", "off", "--threshold", "percentile:97", "--hysteresis", "1.1", "--mmu", "8px"}
			there, back := find(t, p.before, p.after, options...), find(t, p.after, p.before, options...)
			apart := 0
			for i, v := range there.mask {
				if v != back.mask[i] {
					apart++
				}
			}
			if apart*10000 > len(there.mask) {
				t.Errorf("%d of %d pixels differ", apart, len(there.mask))
			}
			opposite, kinds := there.words(t), map[string]int{}
			for place, words := range back.words(t) {
				was, ok := opposite[place]
				if !ok {
					continue // a pixel of its outline differs
				}
				for k, word := range words {
					kinds[word]++
					if was[k] != swapped[word] {
						t.Errorf("%s is %s, swapped %s", place, was[k], word)
					}
				}
			}
			if n := kinds["appeared"] + kinds["disappeared"] + kinds["altered"]; n < 8 || n < len(opposite)*9/10 || kinds["appeared"] == 0 || kinds["disappeared"] == 0 {
				t.Errorf("%d of %d features are the same: %v", n, len(opposite), kinds)
			}
		})
	}
}

// words are obj_desc and direction of each feature, by its outline.
func (f found) words(t *testing.T) map[string][2]string {
	t.Helper()
	data, err := os.ReadFile(f.output)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parseGeoJSON(string(data), false)
	if err != nil {
		t.Fatal(err)
	}
	words := map[string][2]string{}
	for _, g := range c.Features {
		words[fmt.Sprint(g.Geometry.Coordinates)] = [2]string{g.values["obj_desc"].(string), g.values["direction"].(string)}
	}
	return words
}
