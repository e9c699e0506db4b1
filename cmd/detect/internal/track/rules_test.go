package track

import (
	"testing"
)

// TestCounter follows the table of docs/track.md: + is a look that shows the change, − one that does not.
func TestCounter(t *testing.T) {
	for _, c := range []struct {
		looks    string
		want     Status
		episodes int
	}{
		{"+", First, 1}, {"+-", First, 1}, {"++", Provisional, 1}, {"+++", Confirmed, 1}, {"++++", Confirmed, 1},
		{"+--", Finished, 1}, {"++--", Finished, 1}, {"+++--", Finished, 1}, {"+++-", Confirmed, 1},
		{"++-+", Confirmed, 1}, {"+-+-+", Confirmed, 1}, // one look without it may be a miss
		{"+++---", Finished, 1}, {"+++--+", First, 2}, {"+++--++", Provisional, 2}, {"+--+--", Finished, 2},
	} {
		var k counter
		for _, l := range c.looks {
			k.look(l == '+')
		}
		if got := k.status(); got != c.want || k.episodes != c.episodes {
			t.Errorf("%s: %s in episode %d, want %s in %d", c.looks, got, k.episodes, c.want, c.episodes)
		}
	}
}
