package decision

import (
	"context"

	"golang.org/x/sync/errgroup"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
)

// Score is how well a setting does on a pair, or on the mean of some.
type Score struct {
	F1, Recall, Precision float64 // of pixels; of objects
	// Flagged is the share of labelled pixels called changed.
	Flagged float64
}

// Trial is a pair under each of the settings for its kind.
type Trial struct {
	Pair accuracy.Pair
	Kind change.PairKind
	// Empty pairs are labelled unchanged throughout: only Flagged says something.
	Empty  bool
	Scores []Score // by setting of the kind's grid
}

// Grids are the settings by kind.
type Grids map[change.PairKind][]Setting

// Try scores pairs under the settings for their kinds, some pairs at a time.
func (g Grids) Try(ctx context.Context, replays []*accuracy.Replay, workers int) ([]Trial, error) {
	trials := make([]Trial, len(replays))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, workers))
	for i, r := range replays {
		group.Go(func() (err error) {
			trials[i], err = try(ctx, r, g[r.Kind])
			return err
		})
	}
	return trials, group.Wait()
}

// limits are what a setting may change.
type limits struct{ threshold, keep, gate float64 }

func try(ctx context.Context, r *accuracy.Replay, settings []Setting) (Trial, error) {
	t := Trial{Pair: r.Pair, Kind: r.Kind}
	known := map[limits]Score{}
	for _, s := range settings {
		m := s.model(r)
		l := limits{m.Threshold, m.Keep, m.Gate}
		score, ok := known[l]
		if !ok {
			c, err := r.Compare(ctx, m)
			if err != nil {
				return t, err
			}
			t.Empty = c.Pixels.TP+c.Pixels.FN == 0
			score = Score{c.Pixels.F1(), c.Objects.Recall(), c.Objects.Precision(), c.Pixels.Flagged()}
			known[l] = score
		}
		t.Scores = append(t.Scores, score)
	}
	return t, nil
}

// add adds a part of o.
func (s Score) add(o Score, part float64) Score {
	return Score{s.F1 + part*o.F1, s.Recall + part*o.Recall, s.Precision + part*o.Precision, s.Flagged + part*o.Flagged}
}

// mean is that over things, of those that take part; ok is false when none does.
func mean[T any](things []T, of func(T) (s Score, takesPart bool)) (m Score, ok bool) {
	n := 0.0
	for _, t := range things {
		if s, takesPart := of(t); takesPart {
			m = m.add(s, 1)
			n++
		}
	}
	if n == 0 {
		return Score{}, false
	}
	return Score{}.add(m, 1/n), true
}
