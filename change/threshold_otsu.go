package change

// Otsu splits the histogram where the variance between both classes is largest (Otsu 1979, eq. 18, doi:10.1109/TSMC.1979.4310076). It
// finds two classes in anything: on a pair without change it splits the noise. The lowest of equal splits wins.
type Otsu struct{}

func (Otsu) String() string { return "otsu" }

// Find returns the edge between the two classes.
func (Otsu) Find(s *Scores) float64 {
	h := s.Histogram
	n := float64(h.total())
	sum := 0.0 // of bin indices; exact below 2⁵³
	for i, c := range h.Counts {
		sum += float64(float64(i) * float64(c))
	}
	best, at := -1.0, 0
	n1, sum1 := 0.0, 0.0
	for i, c := range h.Counts[:len(h.Counts)-1] {
		n1 += float64(c)
		sum1 += float64(float64(i) * float64(c))
		if n1 == 0 || n1 == n {
			continue
		}
		d := sum1/n1 - (sum-sum1)/(n-n1)
		if v := float64(n1*(n-n1)) * float64(d*d); v > best {
			best, at = v, i
		}
	}
	return h.Edge(at + 1)
}
