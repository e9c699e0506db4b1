package pool

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
)

// refusedCheaply wants inputs to be refused as bad ones, with all of some words, within seconds and some hundred megabytes.
func refusedCheaply(t *testing.T, p *Pool, words ...string) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, err := p.Combine()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	e := (*exit.Error)(nil)
	if !errors.As(err, &e) || e.Code != exit.Input {
		t.Fatalf("%v, which does not say that an input is bad", err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not tell %s", err, word)
		}
	}
	all := (after.TotalAlloc - before.TotalAlloc) >> 20
	t.Logf("%v, %d MiB allocated, most of them for a moment", took, all)
	if all > 1024 || took > 20*time.Second {
		t.Errorf("it took %v and %d MiB", took, all)
	}
}

// TestTangle: two zigzags of 1,000 edges cross at 1,000,000 places: laid over each other they took 44 s and 2.4 GB.
func TestTangle(t *testing.T) {
	const n = 1000
	zig, zag := orb.Ring{{11, 9}, {10, 9}}, orb.Ring{{9, 11}, {9, 10}}
	for i := range n {
		along, across := 10+float64(i)/n, 10+float64(i%2)
		zig, zag = append(zig, orb.Point{along, across}), append(zag, orb.Point{across, along})
	}
	zig, zag = append(zig, zig[0]), append(zag, zag[0])
	var p Pool
	for name, r := range map[string]orb.Ring{"a": zig, "b": zag} {
		if err := p.AddPackage(release(name, 1, nil, feature("of-"+name, orb.MultiPolygon{{r}}, "t_after", may1))); err != nil {
			t.Fatal(err)
		}
	}
	refusedCheaply(t, &p, "of-a of a", "of-b of b", "leave out")
}

// TestNested: what lies in thousands of other features is refused before there is a list of thousands for each: 4,000 in 4,000 took 571 MB, 8,000 in 8,000
// 2 GB.
func TestNested(t *testing.T) {
	if testing.Short() {
		t.Skip("looks at millions of pairs; not with -short")
	}
	for _, grid := range []string{"exact", "grid: 1000m"} {
		const n = 8000
		var big, small []parcel.Feature
		for i := range n {
			step := float64(i) * 1e-5
			big = append(big, feature(fmt.Sprint("f", i), box(10-step, 10-step, 1+2*step), "t_after", may1))
			small = append(small, feature(fmt.Sprint("g", i), box(10+float64(i%100)*0.01, 10+float64(i/100)*0.01, 0.005), "t_after", may1))
		}
		var p Pool
		for name, features := range map[string][]parcel.Feature{"a": big, "b": small} {
			if err := p.AddPackage(release(name, 1, func(m *parcel.Manifest) { m.Precision = grid }, features...)); err != nil {
				t.Fatal(err)
			}
		}
		refusedCheaply(t, &p, "pairs of its features overlap others")
	}
}
