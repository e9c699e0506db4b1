package track_test

import (
	"context"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
	"passdiff/geo"
)

// BenchmarkUpdate feeds passes over as many objects as its name says, each time into a new store.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name string
		series.Options
	}{
		{"objects=1000/passes=12", series.Options{Objects: 1000, Passes: 12, Cloud: 0.3, Jitter: 0.1}},
		{"objects=100000/passes=3", series.Options{Objects: 100_000, Passes: 3, Cloud: 0.3, Jitter: 0.1}},
	} {
		s := series.New(c.Options)
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				update(b, newStore(b), track.Update{Feeds: feeds(s.Feeds...)})
			}
		})
	}
}

// BenchmarkKnown reads a store of 100,000 objects for detect run --known, and asks it for each detection of a pass.
func BenchmarkKnown(b *testing.B) {
	s := series.New(series.Options{Objects: 100_000, Passes: 2, Jitter: 0.1})
	store := newStore(b)
	update(b, store, track.Update{Feeds: feeds(s.Feeds[:1]...)})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Known(context.Background(), geo.Opt[time.Time]{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	k, err := store.Known(context.Background(), geo.Opt[time.Time]{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("ask", func(b *testing.B) {
		known, asked := 0, 0
		for b.Loop() {
			f := s.Feeds[1].Features[asked%len(s.Feeds[1].Features)]
			is, err := k.Holds(f.Geometry)
			if err != nil {
				b.Fatal(err)
			}
			if asked++; is {
				known++
			}
		}
		b.ReportMetric(float64(known)/float64(asked), "known")
	})
}
