package accuracy

// Values of masks and truth rasters beside 0, unchanged. Unknown is not observed in a mask, not labelled in a truth raster.
const (
	Changed = 1
	Unknown = 255
)

// LeastObject is the size in pixels from which on a truth object counts.
const LeastObject = 8

// matchPercent is how much of the truth object and of the detection must be common pixels for a match.
const matchPercent = 10

// Pixels counts labelled pixels.
type Pixels struct{ TP, FP, FN, TN int }

// Precision is the share of what was found that is labelled changed: one minus the commission error.
func (p Pixels) Precision() float64 { return ratio(p.TP, p.TP+p.FP) }

// Recall is the share of what is labelled changed that was found: one minus the omission error.
func (p Pixels) Recall() float64 { return ratio(p.TP, p.TP+p.FN) }

// F1 is the harmonic mean of precision and recall, 2TP/(2TP+FP+FN).
func (p Pixels) F1() float64 { return ratio(2*p.TP, 2*p.TP+p.FP+p.FN) }

// IoU is the intersection of both change classes over their union.
func (p Pixels) IoU() float64 { return ratio(p.TP, p.TP+p.FP+p.FN) }

// Kappa is the agreement beyond what chance gives, (p_o − p_e)/(1 − p_e) with p_o the share of equal pixels and p_e the share expected
// from the class totals (Cohen 1960, eq. 1, doi:10.1177/001316446002000104). It is 0 where all pixels are of one class in both rasters.
func (p Pixels) Kappa() float64 {
	n := float64(p.TP + p.FP + p.FN + p.TN)
	equal := float64(p.TP+p.TN) * n
	chance := float64(p.TP+p.FP)*float64(p.TP+p.FN) + float64(p.FN+p.TN)*float64(p.FP+p.TN)
	if n*n == chance {
		return 0
	}
	return (equal - chance) / (n*n - chance)
}

// Flagged is the share of labelled pixels that the mask says changed.
func (p Pixels) Flagged() float64 { return ratio(p.TP+p.FP, p.TP+p.FP+p.FN+p.TN) }

// Objects counts areas. A truth object and a detection touch when they have a pixel in common; they match when their common pixels are at
// least a tenth of each.
type Objects struct {
	// Known are the truth objects of LeastObject pixels or more; of them Found touch a detection and FoundMatched match one.
	Known, Found, FoundMatched int
	// Detections are all of the mask; Real of them touch a truth object of any size, and RealMatched match one.
	Detections, Real, RealMatched int
}

// Recall is the share of known objects that a detection touches.
func (o Objects) Recall() float64 { return ratio(o.Found, o.Known) }

// Precision is the share of detections that touch a truth object.
func (o Objects) Precision() float64 { return ratio(o.Real, o.Detections) }

// MatchedRecall is the share of known objects that match a detection.
func (o Objects) MatchedRecall() float64 { return ratio(o.FoundMatched, o.Known) }

// MatchedPrecision is the share of detections that match a truth object.
func (o Objects) MatchedPrecision() float64 { return ratio(o.RealMatched, o.Detections) }

// Comparison is how a mask agrees with a truth raster.
type Comparison struct {
	Pixels  Pixels
	Objects Objects
}

// Compare compares a mask with a truth raster of the same size. It panics when the sizes differ.
func Compare(mask, truth []uint8, width int) Comparison {
	if len(mask) != len(truth) || len(mask) > 0 && (width <= 0 || len(mask)%width != 0) {
		panic("accuracy: mask and truth differ in size")
	}
	var c Comparer
	for start := 0; start < len(mask); start += width {
		c.Row(mask[start:start+width], truth[start:start+width])
	}
	all, _, _ := c.Finish()
	return all
}

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }
