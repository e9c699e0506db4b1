package accuracy

import "slices"

// Ranking is how well scores sort changed pixels from unchanged ones, over pixels that are labelled and have a score. It knows no threshold
// and nothing of what comes after one.
type Ranking struct {
	// AUCPR is the area under the curve of precision over recall, as a sum of steps: each gain in recall times the precision at its end (the
	// average precision). Random scores reach the share of changed pixels.
	AUCPR float64
	// BestF1 is the F1 of "score ≥ t" at the best t, chosen with the labels in sight: the ceiling of a threshold on this score, never a result.
	BestF1 float64
}

// Rank compares scores with a truth raster of the same size; NaN is no score. It panics when the sizes differ.
func Rank(score []float32, truth []uint8) (r Ranking) {
	if len(score) != len(truth) {
		panic("accuracy: scores and truth differ in size")
	}
	var changed, unchanged []float32
	for i, t := range truth {
		switch s := score[i]; {
		case t == Unknown || s != s:
		case t == Changed:
			changed = append(changed, s)
		default:
			unchanged = append(unchanged, s)
		}
	}
	slices.Sort(changed)
	slices.Sort(unchanged)
	p := Pixels{FN: len(changed), TN: len(unchanged)}
	for p.FN > 0 {
		// Down to the highest changed score that is left, with all its equals. Thresholds between these only add false pixels.
		t, gained := changed[p.FN-1], 0
		for p.FN > 0 && changed[p.FN-1] == t {
			p.FN, gained = p.FN-1, gained+1
		}
		for p.TN > 0 && unchanged[p.TN-1] >= t {
			p.TN--
		}
		p.TP, p.FP = len(changed)-p.FN, len(unchanged)-p.TN
		r.AUCPR += ratio(gained, len(changed)) * p.Precision()
		r.BestF1 = max(r.BestF1, p.F1())
	}
	return r
}
