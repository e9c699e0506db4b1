package change

// Histogram counts scores in equal bins over [Low, High]; values outside count in the first or last bin.
type Histogram struct {
	Low, High float64
	Counts    []int64
}

// Edge is the lower edge of bin i; Edge(len(Counts)) is High.
func (h *Histogram) Edge(i int) float64 {
	return h.Low + float64((h.High-h.Low)*float64(i))/float64(len(h.Counts))
}

// total is the number of values.
func (h *Histogram) total() int64 {
	var n int64
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// add counts values.
func (h *Histogram) add(v []float32) {
	low, scale := float32(h.Low), float32(float64(len(h.Counts))/(h.High-h.Low))
	last := float32(len(h.Counts) - 1)
	for _, x := range v {
		// Clipped before it is an integer: what int makes of numbers beyond its range depends on the machine.
		h.Counts[int(min(max((x-low)*scale, 0), last))]++
	}
}

// Coarser merges each k neighbouring bins into one; k divides their number.
func (h *Histogram) Coarser(k int) *Histogram {
	if k < 1 || len(h.Counts)%k != 0 {
		panic("change: bins do not merge evenly")
	}
	m := &Histogram{Low: h.Low, High: h.High, Counts: make([]int64, len(h.Counts)/k)}
	for i, c := range h.Counts {
		m.Counts[i/k] += c
	}
	return m
}
