package track_test

import (
	"testing"

	"passdiff/cmd/detect/internal/track"
	"passdiff/cmd/detect/internal/track/series"
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
