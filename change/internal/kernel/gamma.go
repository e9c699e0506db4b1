package kernel

import "math"

// ChiSquaredTail is the chance that a χ² variable of n ≥ 1 degrees of freedom exceeds z ≥ 0, with an absolute error below 10⁻¹²: the
// finite series of Abramowitz and Stegun 1964, eq. 26.4.4 f.
func ChiSquaredTail(z float64, n int) float64 {
	if !(z > 0) {
		return 1
	}
	half := z / 2
	e := Exp(-half)
	term, sum := 1.0, 0.0
	if n%2 == 0 {
		for k := 1; k <= n/2; k++ {
			sum += term
			term *= half / float64(k)
		}
		return min(1, float64(e*sum))
	}
	root := math.Sqrt(z)
	term = root
	for k := 1; k < n; k += 2 {
		sum += term
		term *= z / float64(k+2)
	}
	return min(1, erfc(root/math.Sqrt2)+float64(math.Sqrt(2/math.Pi)*float64(e*sum)))
}

// erfc is the complement of the error function for x ≥ 0: the series of Abramowitz and Stegun 1964, eq. 7.1.6, and beyond 2.5 the
// continued fraction 7.1.14.
func erfc(x float64) float64 {
	xx := float64(x * x)
	if x < 2.5 {
		term, sum := x, x
		for k := 1; term > float64(1e-17*sum); k++ {
			term = float64(term * (2 * xx / float64(2*k+1)))
			sum += term
		}
		return 1 - float64(2/math.Sqrt(math.Pi)*float64(Exp(-xx)*sum))
	}
	f := x
	for k := 60; k > 0; k-- {
		f = x + float64(k)/2/f
	}
	return Exp(-xx) / math.Sqrt(math.Pi) / f
}

// NormalTail is the chance that a standard normal variable exceeds x.
func NormalTail(x float64) float64 {
	if x < 0 {
		return 1 - NormalTail(-x)
	}
	return erfc(x/math.Sqrt2) / 2
}
