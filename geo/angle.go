package geo

import "math"

// The functions here are written out, although package math has them, so that every machine gives the same bits: products are
// rounded before they are added, and only operations that IEEE 754 defines exactly are used.

const radian = math.Pi / 180

// sincosd is sine and cosine of an angle in degrees, |deg| ≤ 720, to about 2 units in the last place. Multiples of 90 are exact.
func sincosd(deg float64) (sin, cos float64) {
	quarter := math.RoundToEven(deg / 90)
	x := float64((deg - float64(quarter*90)) * radian) // exact before the product: at most 45 degrees remain
	z := float64(x * x)
	// Taylor series about 0, terms 1/n!; |x| ≤ π/4 leaves less than 1e-17.
	sin = 1.0/355687428096000 - float64(z*(1.0/121645100408832000))
	sin = 1.0/1307674368000 - float64(z*sin)
	sin = 1.0/6227020800 - float64(z*sin)
	sin = 1.0/39916800 - float64(z*sin)
	sin = 1.0/362880 - float64(z*sin)
	sin = 1.0/5040 - float64(z*sin)
	sin = 1.0/120 - float64(z*sin)
	sin = 1.0/6 - float64(z*sin)
	sin = x - float64(x*float64(z*sin))
	cos = 1.0/20922789888000 - float64(z*(1.0/6402373705728000))
	cos = 1.0/87178291200 - float64(z*cos)
	cos = 1.0/479001600 - float64(z*cos)
	cos = 1.0/3628800 - float64(z*cos)
	cos = 1.0/40320 - float64(z*cos)
	cos = 1.0/720 - float64(z*cos)
	cos = 1.0/24 - float64(z*cos)
	cos = 1.0/2 - float64(z*cos)
	cos = 1 - float64(z*cos)
	switch int(quarter) & 3 {
	case 1:
		return cos, -sin
	case 2:
		return -sin, -cos
	case 3:
		return -cos, sin
	}
	return sin, cos
}

// atan2d is the angle of (x, y) in degrees, (−180, 180], counter-clockwise from the x axis; 0 for (0, 0).
func atan2d(y, x float64) float64 {
	ax, ay := math.Abs(x), math.Abs(y)
	if ax == 0 && ay == 0 {
		return 0
	}
	lo, hi := min(ax, ay), max(ax, ay)
	t := lo / hi
	// Two halvings, atan t = 2 atan(t/(1+√(1+t²))), leave t ≤ tan(π/16).
	t /= 1 + math.Sqrt(1+float64(t*t))
	t /= 1 + math.Sqrt(1+float64(t*t))
	z := float64(t * t)
	sum := 0.0
	for k := 23; k >= 1; k -= 2 {
		sum = 1/float64(k) - float64(z*sum)
	}
	a := 4 * float64(t*sum) / radian
	if ay > ax {
		a = 90 - a
	}
	if x < 0 {
		a = 180 - a
	}
	if y < 0 {
		a = -a
	}
	return a
}

// wrap brings a difference of longitudes from [−720, 720] into [−180, 180] degrees; both ends stay as they are, so that
// wrap(−d) = −wrap(d).
func wrap(d float64) float64 {
	for d > 180 {
		d -= 360
	}
	for d < -180 {
		d += 360
	}
	return d
}

// hypot is √(x²+y²) of numbers that do not overflow when squared.
func hypot(x, y float64) float64 { return math.Sqrt(float64(x*x) + float64(y*y)) }
