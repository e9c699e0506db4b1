package calibration

import (
	"fmt"
	"math"
	"strings"
)

// The size of the drawing in its own units: a square of side by side, with a margin for names.
const (
	side   = 300
	margin = 44
	discs  = 24 // radius of one that has all the weight
)

// SVG draws the share of real detections over confidence: a disc for each bin, its area the bin's weight, and the line on which both are
// equal.
func (r *Reliability) SVG() string {
	var b strings.Builder
	x := func(v float64) float64 { return margin + side*v }
	y := func(v float64) float64 { return 12 + side*(1-v) }
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", side+margin+16, side+margin+16)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><rect x="%d" y="12" width="%d" height="%d" fill="none" stroke="gray"/>`+"\n", margin, side, side)
	fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="gray" stroke-dasharray="4"/>`+"\n", x(0), y(0), x(1), y(1))
	for _, v := range []float64{0, 0.5, 1} {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%.0f</text><text x="%.1f" y="%.1f" text-anchor="end">%.0f %%</text>`+"\n",
			x(v), y(0)+16, 100*v, x(0)-5, y(v)+4, 100*v)
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">confidence</text>`+"\n", x(0.5), y(0)+34)
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f">touch a label</text>`+"\n", x(0)+6, y(1)+16)
	for _, n := range r.Bins {
		if n.Detections > 0 {
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="%.1f" fill="steelblue" fill-opacity="0.7"><title>%d detections</title></circle>`+"\n",
				x(n.Given), y(n.Real), 2+discs*math.Sqrt(n.Weight), n.Detections)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}
