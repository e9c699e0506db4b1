package shard

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/cmd/detect/internal/job"
)

// extent is a pair of rows from first to end in blocks of step rows, each of some weight.
func extent(r *rand.Rand, first, end, step int, sparse bool) job.Extent {
	e := job.Extent{First: first, End: end, Step: step}
	for y := first; y < end; y = min(end, (y/step+1)*step) {
		w := r.Float64() * float64(step)
		if sparse && r.IntN(3) > 0 {
			w = 0
		}
		e.Weights = append(e.Weights, w)
	}
	return e
}

// TestSplit: every row of every pair is in one item, in order; a pair is cut only at rows of blocks, and only when it outweighs a shard; no
// shard is heavier than its share by more than one cell or one whole pair.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var extents []job.Extent
		total := 0.0
		for range rapid.IntRange(1, 12).Draw(t, "pairs") {
			first := rapid.IntRange(0, 90).Draw(t, "first")
			end := first + rapid.IntRange(1, 3000).Draw(t, "rows")
			extents = append(extents, extent(r, first, end, rapid.SampledFrom([]int{1, 7, 64, 512}).Draw(t, "step"), rapid.Bool().Draw(t, "sparse")))
			total += weight(extents[len(extents)-1])
		}
		n := rapid.IntRange(1, 40).Draw(t, "shards")
		shards := split(extents, n)
		if len(shards) != n {
			t.Fatalf("%d shards, not %d", len(shards), n)
		}
		share := total / float64(n)
		pair, next := 0, extents[0].First
		for i, s := range shards {
			slack := 0.0
			for _, item := range s.Items {
				for pair < len(extents)-1 && next == extents[pair].End {
					pair++
					next = extents[pair].First
				}
				e := extents[pair]
				if item.Pair != pair || item.Rows[0] != next || item.Rows[1] <= next || item.Rows[1] > e.End {
					t.Fatalf("shard %d holds rows %v of pair %d where those from %d of pair %d follow", i, item.Rows, item.Pair, next, pair)
				}
				if next = item.Rows[1]; next != e.End && next%e.Step != 0 {
					t.Fatalf("pair %d is cut at row %d, not a multiple of %d", pair, next, e.Step)
				}
				w := weight(e)
				if w <= share && item.Rows != [2]int{e.First, e.End} {
					t.Fatalf("pair %d of weight %g is cut, and a shard is %g", pair, w, share)
				}
				if w > share {
					w = 0
					for _, cell := range e.Weights {
						w = max(w, cell)
					}
				}
				slack = max(slack, w)
			}
			if s.Pixels > share+slack+1e-6*total {
				t.Fatalf("shard %d weighs %g of a share of %g", i, s.Pixels, share)
			}
		}
		if pair != len(extents)-1 || next != extents[pair].End {
			t.Fatalf("it ends at row %d of pair %d", next, pair)
		}
	})
}

func TestSplitNothingMeasured(t *testing.T) {
	s := split([]job.Extent{{First: 0, End: 10, Step: 4, Weights: []float64{0, 0, 0}}}, 3)
	if s[0].Items[0].Rows != [2]int{0, 10} || len(s[1].Items)+len(s[2].Items) > 0 {
		t.Error(s)
	}
}

func TestIndex(t *testing.T) {
	for _, v := range variables {
		t.Setenv(v, "")
	}
	p := &Plan{Shards: make([]Shard, 4)}
	for _, c := range []struct {
		text, variable, value string
		want                  int
		bad                   string
	}{
		{"2", "", "", 2, ""},
		{"auto", "SLURM_ARRAY_TASK_ID", "3", 3, ""},
		{"auto", "PBS_ARRAY_INDEX", "0", 0, ""},
		{"auto", "", "", 0, "none of SLURM_ARRAY_TASK_ID"},
		{"4", "", "", 0, `no shard "4"; the plan has 0 to 3`},
		{"-1", "", "", 0, "no shard"},
		{"auto", "JOB_COMPLETION_INDEX", "x", 0, `JOB_COMPLETION_INDEX: there is no shard "x"`},
	} {
		t.Run(c.text+" "+c.variable, func(t *testing.T) {
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			i, err := p.Index(c.text)
			if c.bad == "" && (err != nil || i != c.want) {
				t.Errorf("%d, %v", i, err)
			}
			if c.bad != "" && (err == nil || !strings.Contains(err.Error(), c.bad)) {
				t.Errorf("error %v, want %q", err, c.bad)
			}
		})
	}
}

func TestRanges(t *testing.T) {
	for want, n := range map[string][]int{"": nil, "3": {3}, "3,17": {3, 17}, "0-2,5,7-8": {0, 1, 2, 5, 7, 8}} {
		if got := ranges(n); got != want {
			t.Errorf("%v: %q, not %q", n, got, want)
		}
	}
}
