package calibration

import (
	"fmt"
	"strings"

	"passdiff/change"
)

// MostDrift is how far, on average, the confidence of the shipped weights may lie from that of weights fitted anew.
const MostDrift = 0.03

// Study is what the labelled pairs say about confidence.
type Study struct {
	Detections []Detection
	// Fitted are the weights fitted on all families, Shipped those of change.Confidence.
	Fitted, Shipped []float64
	// Unseen is by weights fitted without the family; OwnConstant and OwnWeights are the same with more freedom for vhr; AsShipped is by the
	// shipped weights, in whose fit every family had a part.
	Unseen, OwnConstant, OwnWeights, AsShipped Reliability

	order []Detection
	given []float64
}

// NewStudy fits and judges.
func NewStudy(detections []Detection, c *change.Confidence) (*Study, error) {
	s := &Study{Detections: detections, Shipped: []float64{c.Constant, c.Peak, c.Size, c.Rise}}
	var err error
	if s.Fitted, err = Fit(detections, Shared); err != nil {
		return nil, err
	}
	if s.Unseen, s.order, s.given, err = LeftOut(detections, Shared); err != nil {
		return nil, err
	}
	if s.OwnConstant, _, _, err = LeftOut(detections, OwnConstant); err != nil {
		return nil, err
	}
	if s.OwnWeights, _, _, err = LeftOut(detections, OwnWeights); err != nil {
		return nil, err
	}
	s.AsShipped = Judge(detections, ByWeights(detections, s.Shipped, Shared))
	return s, nil
}

// Drifted is an error when change.Confidence should hold other weights.
func (s *Study) Drifted() error {
	if d := Drift(s.Detections, s.Shipped, s.Fitted); d > MostDrift {
		return fmt.Errorf("the weights in change/confidence.go are %.2f off on average, of %.2f that are allowed: they should be %s", d, MostDrift, s.Weights())
	}
	return nil
}

// Weights are the fitted ones as change/confidence.go holds them.
func (s *Study) Weights() string {
	return fmt.Sprintf("Constant: %.3f, Peak: %.3f, Size: %.3f, Rise: %.3f", s.Fitted[0], s.Fitted[1], s.Fitted[2], s.Fitted[3])
}

// Markdown is the section of the page.
func (s *Study) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d detections of `auto` that hold labelled pixels, of which %s touch a labelled object. Weights fitted on all families: `%s`.\n\n",
		len(s.Detections), s.share(), s.Weights())
	b.WriteString("| confidence | detections | weight | mean confidence | touch a label |\n|--|--:|--:|--:|--:|\n")
	for i, n := range s.Unseen.Bins {
		if n.Detections > 0 {
			fmt.Fprintf(&b, "| %d–%d | %d | %.3f | %.2f | %.2f |\n", 10*i, 10*i+10, n.Detections, n.Weight, n.Given, n.Real)
		}
	}
	b.WriteString("\n| weights | fitted on | calibration error | log-loss |\n|--|--|--:|--:|\n")
	for _, r := range []struct {
		what, on string
		Reliability
	}{
		{"one set for all kinds (the table above)", "the other families", s.Unseen},
		{"another constant for `vhr`", "the other families", s.OwnConstant},
		{"other weights for `vhr`", "the other families", s.OwnWeights},
		{"those fitted here", "all families", Judge(s.Detections, ByWeights(s.Detections, s.Fitted, Shared))},
		{"those of `detect`", "all families", s.AsShipped},
	} {
		fmt.Fprintf(&b, "| %s | %s | %.3f | %.3f |\n", r.what, r.on, r.ECE, r.LogLoss)
	}
	b.WriteString("\n| family left out | detections | mean confidence | touch a label |\n|--|--:|--:|--:|\n")
	for _, f := range families(s.Detections) {
		var given, real, n float64
		for i, d := range s.order {
			if d.Family == f {
				given, real, n = given+bounded(s.given[i]), real+of(d.Real), n+1
			}
		}
		fmt.Fprintf(&b, "| %s | %.0f | %.2f | %.2f |\n", f, n, given/n, real/n)
	}
	return b.String()
}

// share says what part of the detections is real, of all and of the mean family.
func (s *Study) share() string {
	n, mean := 0, 0.0
	for i, w := range weights(s.Detections, 0) {
		if s.Detections[i].Real {
			n, mean = n+1, mean+w
		}
	}
	return fmt.Sprintf("%.0f %% (mean of families %.0f %%)", 100*float64(n)/float64(len(s.Detections)), 100*mean)
}
