package calibration

import (
	"context"
	"math"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
)

// Detection is the evidence for a detection and what it turned out to be.
type Detection struct {
	Family   string
	Kind     change.PairKind
	Evidence [3]float64 // as of change.Confidence
	// Real says that it touches an object that is labelled changed.
	Real bool
}

// Collect returns the detections of pairs that hold a labelled pixel.
func Collect(ctx context.Context, replays []*accuracy.Replay) (all []Detection, err error) {
	for _, r := range replays {
		m := r.Model
		// Confidence is of regions as they are before holes are filled.
		err := r.Detect(ctx, m, change.Options{Fill: 1}, func(region *change.Region) {
			if real, labelled := r.Touches(region); labelled {
				all = append(all, Detection{r.Pair.Family, r.Kind, m.Confidence.Evidence(region, m.Threshold), real})
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// weights of the detections, 1 over all: those of a family have together the power of their number. With the power 0 families are equal.
func weights(detections []Detection, power float64) []float64 {
	n := map[string]float64{}
	for _, d := range detections {
		n[d.Family]++
	}
	w := make([]float64, len(detections))
	sum := 0.0
	for i, d := range detections {
		w[i] = math.Pow(n[d.Family], power-1)
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

// without are the detections of other families than one, and those of that one.
func without(detections []Detection, family string) (others, own []Detection) {
	for _, d := range detections {
		if d.Family == family {
			own = append(own, d)
		} else {
			others = append(others, d)
		}
	}
	return others, own
}
