package shard

import "passdiff/cmd/detect/internal/job"

// split cuts pairs into n shards of nearly the same weight. Pairs are taken in order, each cut only at rows where blocks begin, and only when
// it outweighs a shard: a smaller one goes as a whole to the shard in which its middle lies. Shards that are left without rows stay empty.
func split(extents []job.Extent, n int) []Shard {
	total := 0.0
	for _, e := range extents {
		total += weight(e)
	}
	shards := make([]Shard, n)
	if total == 0 { // nothing is measured, and must still be looked at to say so
		total = 1
	}
	share := total / float64(n)
	before := 0.0
	for i, e := range extents {
		w := weight(e)
		if w <= share {
			shards[at(before+w/2, share, n)].add(i, [2]int{e.First, e.End}, w)
			before += w
			continue
		}
		y := e.First
		for _, cell := range e.Weights {
			end := min(e.End, (y/e.Step+1)*e.Step)
			shards[at(before+cell/2, share, n)].add(i, [2]int{y, end}, cell)
			before += cell
			y = end
		}
	}
	return shards
}

func weight(e job.Extent) (sum float64) {
	for _, w := range e.Weights {
		sum += w
	}
	return sum
}

// at is the shard in which what lies so far along the line of all work belongs.
func at(along, share float64, n int) int { return min(n-1, int(along/share)) }

// add adds rows of a pair, which follow those that are there.
func (s *Shard) add(pair int, rows [2]int, weight float64) {
	s.Pixels += weight
	if k := len(s.Items) - 1; k >= 0 && s.Items[k].Pair == pair {
		s.Items[k].Rows[1] = rows[1]
		return
	}
	s.Items = append(s.Items, Item{pair, rows})
}
