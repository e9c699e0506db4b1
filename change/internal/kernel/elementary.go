package kernel

import "math"

// ln2Hi + ln2Lo is ln 2; ln2Hi has its last 20 bits zero, so that k·ln2Hi is exact for |k| < 2²⁰.
const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// expTerms is the number of terms of the exponential's series after 1; for |r| ≤ ½ ln 2 the rest is below 2⁻⁵⁶.
const expTerms = 13

// Exp is e^x with a relative error below 4·10⁻¹⁶: x = k·ln 2 + r, and the Taylor series in r by Horner's rule. Its bits are the same on
// every machine. It is 0 below −745 and +Inf above 709.78.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 709.78:
		return math.Inf(1)
	case x < -745:
		return 0
	}
	k := math.Round(x / math.Ln2)
	r := x - float64(k*ln2Hi)
	r -= float64(k * ln2Lo)
	s := 1.0
	for n := expTerms; n > 0; n-- {
		s = 1 + float64(r*s)/float64(n)
	}
	return math.Ldexp(s, int(k))
}

// logTerms is the number of odd terms of the area tangent's series; for |s| ≤ 0.1716 the rest is below 2⁻⁵⁷.
const logTerms = 11

// Log is the natural logarithm with an error below 4·10⁻¹⁶ relative to max(1, |ln x|): x = 2^k·m with m in [√½, √2), and
// ln m = 2 artanh((m−1)/(m+1)). Its bits are the same on every machine. It is −Inf at 0 and NaN below.
func Log(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		k--
	}
	s := (m - 1) / (m + 1)
	q := float64(s * s)
	sum := 0.0
	for n := logTerms; n > 0; n-- {
		sum = float64(q*sum) + 1/float64(2*n-1)
	}
	v := 2 * float64(s*sum)
	f := float64(k)
	return float64(f*ln2Hi) + (v + float64(f*ln2Lo))
}

// Acos is the angle, in radians, whose cosine is x, with an error below 3·10⁻⁸ (Abramowitz and Stegun 1964, eq. 4.4.46). Beyond −1 and 1
// it is as there.
func Acos(x float64) float64 {
	if x < 0 {
		return math.Pi - Acos(-x)
	}
	x = min(x, 1)
	p := -0.0012624911
	for _, c := range [...]float64{0.0066700901, -0.0170881256, 0.0308918810, -0.0501743046, 0.0889789874, -0.2145988016, 1.5707963050} {
		p = float64(p*x) + c
	}
	return math.Sqrt(1-x) * p
}
