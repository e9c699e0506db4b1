package pool

import (
	"context"
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
	_, err := p.Combine(t.Context())
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

// zigzags are two outlines of n edges each way that cross at n² places.
func zigzags(n int) (zig, zag orb.Ring) {
	zig, zag = orb.Ring{{11, 9}, {10, 9}}, orb.Ring{{9, 11}, {9, 10}}
	for i := range n {
		along, across := 10+float64(i)/float64(n), 10+float64(i%2)
		zig, zag = append(zig, orb.Point{along, across}), append(zag, orb.Point{across, along})
	}
	return append(zig, zig[0]), append(zag, zag[0])
}

// TestManyTangles: outlines that cross often, each pair not too often, are refused when they are many; and whoever has enough of it can end it.
func TestManyTangles(t *testing.T) {
	if testing.Short() {
		t.Skip("lays tangles over each other for long; not with -short")
	}
	zig, zag := zigzags(200)
	var p Pool
	for name, r := range map[string]orb.Ring{"a": zig, "b": zag} {
		var all []parcel.Feature
		for i := range 30 {
			moved := make(orb.Ring, len(r))
			for k, v := range r {
				moved[k] = orb.Point{v[0] + float64(i)*1e-6, v[1]}
			}
			all = append(all, feature(fmt.Sprint("f", i), orb.MultiPolygon{{moved}}, "t_after", may1))
		}
		if err := p.AddPackage(release(name, 1, nil, all...)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	start := time.Now()
	if _, err := p.Combine(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 15*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	start = time.Now()
	_, err := p.Combine(t.Context())
	if e := (*exit.Error)(nil); !errors.As(err, &e) || e.Code != exit.Input || !strings.Contains(err.Error(), "are the last of many such") {
		t.Error(err)
	}
	t.Logf("refused after %v", time.Since(start))
}

// TestTangle: two zigzags of 1,000 edges cross at 1,000,000 places: laid over each other they took 44 s and 2.4 GB.
func TestTangle(t *testing.T) {
	zig, zag := zigzags(1000)
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
