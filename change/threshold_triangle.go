package change

import "math"

// Rosin is the corner of a unimodal histogram: the bin below the line from the peak to the last bin in use that lies farthest from it
// (Rosin 2001, section 2, doi:10.1016/S0031-3203(00)00136-9). The lowest of equally far bins wins.
type Rosin struct{}

func (Rosin) String() string { return "rosin" }

// Find returns the upper edge of the corner's bin.
func (Rosin) Find(s *Scores) float64 {
	h := s.Histogram
	peak, last := peakOf(h.Counts), lastOf(h.Counts)
	return h.Edge(corner(h.Counts, peak, last) + 1)
}

// Triangle is the corner between the peak and the end of the longer tail, whichever side it is on (Zack, Rogers and Latt 1977,
// doi:10.1177/25.7.70454), on 256 bins. The lowest of equally far bins wins.
type Triangle struct{}

func (Triangle) String() string { return "triangle" }

// triangleBins is the number of bins: few enough that noise makes no corner.
const triangleBins = 256

// Find returns the upper edge of the corner's bin.
func (Triangle) Find(s *Scores) float64 {
	h := s.Histogram
	if n := len(h.Counts) / triangleBins; n > 1 && len(h.Counts)%triangleBins == 0 {
		h = h.Coarser(n)
	}
	peak, last := peakOf(h.Counts), lastOf(h.Counts)
	first := 0
	for h.Counts[first] == 0 {
		first++
	}
	if peak-first > last-peak {
		last = first
	}
	return h.Edge(corner(h.Counts, peak, last) + 1)
}

// peakOf is the fullest bin, the lowest of equals.
func peakOf(counts []int64) int {
	best := 0
	for i, c := range counts {
		if c > counts[best] {
			best = i
		}
	}
	return best
}

// lastOf is the last bin in use.
func lastOf(counts []int64) int {
	i := len(counts) - 1
	for i > 0 && counts[i] == 0 {
		i--
	}
	return i
}

// corner is the bin between peak and end that lies farthest below the line between their tops; peak when none lies below.
func corner(counts []int64, peak, end int) int {
	step := 1
	if end < peak {
		step = -1
	}
	width, height := math.Abs(float64(end-peak)), float64(counts[peak]-counts[end])
	best, at := 0.0, peak
	for i := peak; i != end; i += step {
		// The distance from the line, times its length, which is the same for all bins.
		d := float64(height*(width-math.Abs(float64(i-peak)))) - float64(width*float64(counts[i]-counts[end]))
		if d > best || d == best && d > 0 && i < at {
			best, at = d, i
		}
	}
	return at
}
