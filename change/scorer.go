package change

import (
	"encoding/json"
	"fmt"

	"passdiff/raster"
)

// A Scorer measures change at every pixel of a tile. It is immutable, safe for concurrent use, and marshals to JSON, as a Node, with
// everything it needs. Methods build theirs from a few kinds, which may stand inside one another.
type Scorer interface {
	// Halo is how many pixels around a pixel its score depends on.
	Halo() int

	// kind names the layout of its numbers in JSON.
	kind() string
	// prepare checks the numbers for so many bands and derives what Worker needs.
	prepare(bands int) error
	// worker returns what Worker promises, for the goroutine that the memory belongs to.
	worker(mem *scratch) scoring
}

// scoring fills dst, one band, for dst's window, which grown by the Scorer's halo lies inside the tiles. Scores are at least 0 and finite;
// those of pixels that are not valid are 0.
type scoring = func(dst *raster.Tile, t *raster.TilePair)

// rowScorer is a Scorer that can score a row without those around it.
type rowScorer interface {
	// rowWorker is worker for rows; nil where the Scorer, as it is, needs other rows.
	rowWorker() rowScoring
}

// rowScoring fills line with the scores of the pixels from (x, y) on, by the rules of scoring.
type rowScoring = func(line []float32, t *raster.TilePair, x, y int)

// Worker returns a function for one goroutine, with buffers of its own, that scores tiles. It fills dst, one band, for dst's window, which
// grown by the Scorer's halo lies inside the tiles. Scores are at least 0 and finite; those of pixels that are not valid are 0.
func Worker(s Scorer) func(dst *raster.Tile, t *raster.TilePair) { return s.worker(new(scratch)) }

// newScorer makes an empty Scorer of a kind; nil when there is no such kind.
func newScorer(kind string) Scorer {
	switch kind {
	case "forms":
		return new(forms)
	case "excess":
		return new(excess)
	case "gauss":
		return new(gauss)
	case "box":
		return new(box)
	case "mean":
		return new(mean)
	case "coarse":
		return new(coarse)
	case "features":
		return new(features)
	case "angle":
		return new(angle)
	case "difference":
		return new(normalisedDifference)
	case "census":
		return new(census)
	case "orientation":
		return new(orientation)
	case "gradient":
		return new(gradient)
	case "correlation":
		return new(localCorrelation)
	case "logratio":
		return new(logRatio)
	case "product":
		return new(product)
	}
	return nil
}

// Node is a Scorer as it stands in JSON: {"kind": …, "is": …}.
type Node struct{ Scorer }

type nodeJSON struct {
	Kind string          `json:"kind"`
	Is   json.RawMessage `json:"is"`
}

// MarshalJSON writes the kind and the numbers.
func (n Node) MarshalJSON() ([]byte, error) {
	if n.Scorer == nil {
		return []byte("null"), nil
	}
	is, err := json.Marshal(n.Scorer)
	if err != nil {
		return nil, err
	}
	return json.Marshal(nodeJSON{n.kind(), is})
}

// UnmarshalJSON reads what MarshalJSON wrote. The Scorer is not prepared yet.
func (n *Node) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var j nodeJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	s := newScorer(j.Kind)
	if s == nil {
		return fmt.Errorf("score of unknown kind %q", j.Kind)
	}
	if err := json.Unmarshal(j.Is, s); err != nil {
		return fmt.Errorf("score of kind %q: %w", j.Kind, err)
	}
	n.Scorer = s
	return nil
}

// prepare checks that there is a Scorer and prepares it.
func (n Node) prepare(bands int) error {
	if n.Scorer == nil {
		return fmt.Errorf("a score is missing")
	}
	return n.Scorer.prepare(bands)
}

// reach is the halo, 0 where there is no Scorer.
func (n Node) reach() int {
	if n.Scorer == nil {
		return 0
	}
	return n.Halo()
}

// maxHalo bounds how many pixels around a pixel decide about it: what tiles carry beside their own pixels.
const maxHalo = 64

// prepared is a Scorer with its checks done.
func prepared(s Scorer, bands int) (Scorer, error) {
	if err := s.prepare(bands); err != nil {
		return nil, err
	}
	return s, nil
}
