package change

import "fmt"

// title says in words what a score measures, by how it is built.
func title(s Scorer) string {
	switch s := s.(type) {
	case *forms:
		return formsTitle(s)
	case *excess:
		return title(&s.Of) + " beyond what misregistration explains"
	case *gauss:
		return fmt.Sprintf("%s, smoothed by %g px", title(s.Of.Scorer), s.Sigma)
	case *box:
		return fmt.Sprintf("%s on means of %d×%d px", title(s.Of.Scorer), s.Width, s.Width)
	case *coarse:
		return fmt.Sprintf("%s on blocks of %d×%d px", title(s.Of.Scorer), s.Factor, s.Factor)
	case *features:
		return title(s.Of.Scorer) + " with texture"
	case *mean:
		return fmt.Sprintf("mean of %d measures", len(s.Of))
	case *product:
		return fmt.Sprintf("geometric mean of %d measures", len(s.pieces(nil)))
	case *angle:
		return "spectral angle"
	case *normalisedDifference:
		return "change of a normalised difference"
	case *census:
		return fmt.Sprintf("signs of differences between neighbours in %d×%d px", s.Width, s.Width)
	case *orientation:
		return fmt.Sprintf("directions of edges in %d×%d px", s.Width, s.Width)
	case *gradient:
		return fmt.Sprintf("strength of edges in %d×%d px", s.Width, s.Width)
	case *localCorrelation:
		return fmt.Sprintf("lack of correlation in %d×%d px", s.Width, s.Width)
	case *logRatio:
		return "logarithm of the ratio"
	}
	return s.kind()
}

// singleBands is the title of forms that have one band each.
const singleBands = "differences of bands"

// formsTitle tells differences of single bands, differences of bands weighed together, and linear forms with weights of their own in each
// pass.
func formsTitle(f *forms) string {
	if f.Minus > 0 {
		return "unusual pairs of values"
	}
	single, alike := true, true
	var ratio []float64 // before's coefficients by after's, by band
	for i := range f.Shift {
		n := 0
		for b, a := range f.After[i] {
			c := f.Before[i][b]
			if a == 0 && c == 0 {
				continue
			}
			n++
			for len(ratio) <= b {
				ratio = append(ratio, 0)
			}
			switch {
			case a == 0:
				alike = false
			case ratio[b] == 0:
				ratio[b] = c / a
			default:
				const tolerance = 1e-6 // of numbers kept to 32 bits
				alike = alike && abs(c/a-ratio[b]) <= tolerance*abs(ratio[b])
			}
		}
		single = single && n <= 1
	}
	switch {
	case single:
		return singleBands
	case alike:
		return "differences of bands weighed together"
	}
	return "differences of canonical variates"
}

func abs(v float64) float64 { return max(v, -v) }

// formName names form i of several: by its band, where each has one only.
func (d *decomposer) formName(f *forms, i int) string {
	if formsTitle(f) != singleBands {
		return fmt.Sprintf("variate %d", i+1)
	}
	for b, a := range f.After[i] {
		switch {
		case a == 0 && f.Before[i][b] == 0:
		case b < d.bands:
			return fmt.Sprintf("band %d", b+1)
		default:
			return fmt.Sprintf("texture %d", b-d.bands+1)
		}
	}
	return fmt.Sprintf("constant %d", i+1)
}
