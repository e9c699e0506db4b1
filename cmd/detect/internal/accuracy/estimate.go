package accuracy

import (
	"math"

	"passdiff/geo"
)

// Strata is a map whose classes are the strata of a sample: what of it was checked against reference data.
//
// Symbols are those of Olofsson et al. 2014 (doi:10.1016/j.rse.2014.02.015): q classes, i those of the map and j those of the reference;
// n_ij sample units, W_i the share of the map that is mapped as i, p̂_ij the estimated share of the area that is mapped as i and is j; a
// dot stands for the sum over an index.
type Strata struct {
	// Counts are n_ij: the row is the map's class, the column that of the reference. It is square.
	Counts [][]int
	// Areas are the mapped areas by class, in any unit, none negative; W_i is one over their sum.
	Areas []float64
}

// Estimated is an estimate and its standard error. What the sample cannot say is not known: of a class that is mapped and not
// sampled, or whose denominator is zero; a standard error needs two units of each stratum that is mapped.
type Estimated struct{ Value, Error geo.Opt[float64] }

// Interval is the 95 % confidence interval, Value ± 1.96 Error, within [0, most].
func (e Estimated) Interval(most float64) (low, high geo.Opt[float64]) {
	if !e.Error.Known {
		return low, high
	}
	half := 1.96 * e.Error.Value
	return geo.Some(max(0, e.Value.Value-half)), geo.Some(min(most, e.Value.Value+half))
}

// Estimates is what a stratified sample says of a map. Shares are from 0 to 1.
type Estimates struct {
	// Overall is the share of the area that the map has right (eq. 1 and 5).
	Overall Estimated
	// Users is, by class, the share of what is mapped as the class that is of it (eq. 2 and 6): one minus the commission error.
	Users []Estimated
	// Producers is, by class, the share of what is of the class that is mapped as it (eq. 3 and 7): one minus the omission error.
	Producers []Estimated
	// Areas are those of the reference's classes, in the unit of Strata.Areas (eq. 8 to 11).
	Areas []Estimated
}

// Estimate weights the sample by what is mapped, Olofsson et al. 2014 eq. 1 to 11. It holds for units drawn at random within each stratum,
// from many more (there is no correction for a finite population), or at random or on a lattice everywhere, as poststratification.
// It panics when Counts is not square or differs from Areas in size.
func (s Strata) Estimate() Estimates {
	q := len(s.Areas)
	if len(s.Counts) != q {
		panic("accuracy: strata differ in number from their areas")
	}
	total := 0.0
	n := make([]float64, q) // n_i·
	for i, row := range s.Counts {
		if len(row) != q {
			panic("accuracy: the error matrix is not square")
		}
		for _, c := range row {
			n[i] += float64(c)
		}
		total += s.Areas[i]
	}
	// What is not mapped weighs nothing, whatever its sample.
	complete, spread := total > 0, total > 0 // every stratum that weighs has units, and two of them
	for i := range q {
		complete = complete && (s.Areas[i] == 0 || n[i] >= 1)
		spread = spread && (s.Areas[i] == 0 || n[i] >= 2)
	}
	share := func(i, j int) float64 { // n_ij / n_i·
		if s.Areas[i] == 0 {
			return 0
		}
		return float64(s.Counts[i][j]) / n[i]
	}
	noise := func(i, j int) float64 { // of a share: its estimated variance
		if s.Areas[i] == 0 {
			return 0
		}
		p := share(i, j)
		return float64(p*(1-p)) / (n[i] - 1)
	}
	known := func(ok bool, value float64, enough bool, variance float64) (e Estimated) {
		if ok {
			e.Value = geo.Some(value)
		}
		if ok && enough {
			e.Error = geo.Some(math.Sqrt(variance))
		}
		return e
	}
	var e Estimates
	right, rightVar := 0.0, 0.0
	for i := range q {
		w := s.Areas[i] / total
		right += float64(w * share(i, i))
		rightVar += float64(float64(w*w) * noise(i, i))
		e.Users = append(e.Users, known(s.Areas[i] > 0 && n[i] >= 1, share(i, i), n[i] >= 2, noise(i, i)))
	}
	e.Overall = known(complete, right, spread, rightVar)
	for j := range q {
		area, areaVar := 0.0, 0.0 // N̂_·j, which is A_j, and its variance
		missVar := 0.0            // of what is mapped as something else
		for i := range q {
			area += float64(s.Areas[i] * share(i, j))
			v := float64(float64(s.Areas[i]*s.Areas[i]) * noise(i, j))
			areaVar += v
			if i != j {
				missVar += v
			}
		}
		e.Areas = append(e.Areas, known(complete, area, spread, areaVar))
		p := s.Areas[j] * share(j, j) / area
		hit := s.Areas[j] * (1 - p)
		e.Producers = append(e.Producers, known(complete && area > 0, p, spread, (float64(float64(hit*hit)*noise(j, j))+float64(float64(p*p)*missVar))/(area*area)))
	}
	return e
}
