package change

import "math"

// Rosin is the corner of a unimodal histogram: the bin farthest below the line from the top of the peak to the foot of the first bin
// behind the last one in use (Rosin 2001, section 2, doi:10.1016/S0031-3203(00)00136-9). The lowest of equally far bins wins.
type Rosin struct{}

func (Rosin) String() string { return "rosin" }

// Find returns the upper edge of the corner's bin.
func (Rosin) Find(s *Scores) float64 {
	h := s.Histogram
	peak, last := peakOf(h.Counts), lastOf(h.Counts)
	return h.Edge(corner(h.Counts, peak, last+1) + 1)
}

// Triangle is the corner on the side of the longer tail, whichever that is: the bin farthest below the line from the top of the peak to
// the foot of the tail's last bin in use (Zack, Rogers and Latt 1977, doi:10.1177/25.7.70454), on 256 bins. How many values are in that
// last bin does not matter: it also holds all scores beyond the histogram. scikit-image's threshold_triangle gives the same bin for the
// same counts; it differs in that it counts over the full range of values, takes the left one of two equally long tails, where change
// lies right, and the outermost of equally far bins, where the lowest wins here. Where no bin lies below the line, it is the peak.
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

// corner is the bin between peak and end, which may lie behind the last bin, that is farthest below the line from the top of the peak to
// the foot of end; peak when none lies below.
func corner(counts []int64, peak, end int) int {
	step := 1
	if end < peak {
		step = -1
	}
	width, height := math.Abs(float64(end-peak)), float64(counts[peak])
	best, at := 0.0, peak
	for i := peak; i != end; i += step {
		// The distance from the line, times its length, which is the same for all bins.
		d := float64(height*(width-math.Abs(float64(i-peak)))) - float64(width*float64(counts[i]))
		if d > best || d == best && d > 0 && i < at {
			best, at = d, i
		}
	}
	return at
}
