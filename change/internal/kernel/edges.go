package kernel

import "math"

// Directions is the number of unsigned directions of edges that are told apart.
const Directions = 8

// GradientUnit is the number of steps per unit of gradient in fixed point, GradientClip the largest gradient: sums over 63×63 pixels fit
// 32 bits.
const (
	GradientUnit = 1 << 12
	GradientClip = 64
)

// Sobel sets gx and gy to the gradients (Sobel's, not divided by 8) of the middle one of three rows, which have one value more on both sides.
func Sobel(gx, gy, a, b, c []float32) {
	n := len(gx)
	gy, a, b, c = gy[:n], a[:n+2], b[:n+2], c[:n+2]
	for x := vectorSobel(gx, gy, a, b, c); x < n; x++ {
		gx[x] = (a[x+2] - a[x]) + float32(2*(b[x+2]-b[x])) + (c[x+2] - c[x])
		gy[x] = (c[x] - a[x]) + float32(2*(c[x+1]-a[x+1])) + (c[x+2] - a[x+2])
	}
}

// Magnitude is the length of a gradient.
func Magnitude(x, y float32) float32 {
	return float32(math.Sqrt(float64(float32(x*x) + float32(y*y))))
}

// Steps is the length of a gradient in fixed point.
func Steps(x, y float32) int32 {
	return int32(float32(min(Magnitude(x, y), GradientClip)*GradientUnit) + 0.5)
}

// Edges splits the length of each gradient, in fixed point, between the two nearest of the Directions: left goes to direction, which is 0 to
// 8, right to the next one, both modulo 8. What is sent to right grows linearly from one direction to the next.
func Edges(left, right, direction []int32, gx, gy []float32) {
	n := len(left)
	right, direction, gx, gy = right[:n], direction[:n], gx[:n], gy[:n]
	for i := vectorEdges(left, right, direction, gx, gy); i < n; i++ {
		m, at := Steps(gx[i], gy[i]), angle(gx[i], gy[i])
		k := int32(at)
		right[i] = int32(float32(float32(m)*(at-float32(k))) + 0.5)
		left[i], direction[i] = m-right[i], k
	}
}

// angle is the unsigned direction of a gradient, 0 to 8 for 0 to 180°, within 0.02. The arc tangent is the approximation
// z·(π/4 + 0.273·(1 − z)) for z in [0, 1].
func angle(x, y float32) float32 {
	const radian = Directions / math.Pi
	w, h := max(x, -x), max(y, -y)
	z := min(w, h) / max(w, h, smallestNormal)
	a := float32(float32(radian*z) * (math.Pi/4 + float32(0.273*(1-z)))) // from the nearer axis, 0 to 2
	if h > w {
		a = 4 - a
	}
	if x < 0 && y > 0 || x > 0 && y < 0 {
		a = 8 - a
	}
	return min(max(a, 0), 8)
}

// EdgeRow is a row of gradients as Edges splits them.
type EdgeRow struct{ Left, Right, Direction []int32 }

// MoveEdges adds to each column of a pass what the row in has there, and takes away what the row out has.
func MoveEdges(columns [][2][Directions]int32, pass int, in, out EdgeRow) {
	n := len(columns)
	in.Left, in.Right, in.Direction = in.Left[:n], in.Right[:n], in.Direction[:n]
	out.Left, out.Right, out.Direction = out.Left[:n], out.Right[:n], out.Direction[:n]
	for i := vectorMoveEdges(columns, pass, in, out); i < n; i++ {
		c, k, q := &columns[i][pass], in.Direction[i], out.Direction[i]
		c[k&(Directions-1)] += in.Left[i]
		c[(k+1)&(Directions-1)] += in.Right[i]
		c[q&(Directions-1)] -= out.Left[i]
		c[(q+1)&(Directions-1)] -= out.Right[i]
	}
}

// DirectionSums sets diff and all to Σ_k |A_k − B_k| and Σ_k (A_k + B_k), where A and B are the sums, over width columns from the value's own
// on, of what two passes have in each direction. There are len(diff) + width − 1 columns.
func DirectionSums(diff, all []int32, columns [][2][Directions]int32, width int) {
	n := len(diff)
	all, columns = all[:n], columns[:n+width-1]
	k := vectorDirectionSums(diff, all, columns, width)
	var sum [2][Directions]int32
	add := func(c *[2][Directions]int32, sign int32) {
		for pass := range sum {
			for d := range sum[pass] {
				sum[pass][d] += sign * c[pass][d]
			}
		}
	}
	if k == n {
		return
	}
	for i := k; i < k+width-1; i++ {
		add(&columns[i], 1)
	}
	for i := k; i < n; i++ {
		add(&columns[i+width-1], 1)
		var d, s int32
		for q, a := range sum[0] {
			b := sum[1][q]
			d += max(a-b, b-a)
			s += a + b
		}
		diff[i], all[i] = d, s
		add(&columns[i], -1)
	}
}

// CensusUnit is the number of steps per unit of clipped difference in fixed point; 12 of it share out evenly among one to four neighbours.
const CensusUnit = 12 << 8

// Census sets dst to how much the differences of each pixel to its neighbours right, below, below right and below left changed from x to y,
// in the mean: each difference is multiplied by scale and clipped to ±1. Rows have one value more on both sides.
func Census(dst []int32, x, xBelow, y, yBelow []float32, scale float32) {
	n := len(dst)
	x, xBelow, y, yBelow = x[:n+2], xBelow[:n+2], y[:n+2], yBelow[:n+2]
	for i := vectorCensus(dst, x, xBelow, y, yBelow, scale); i < n; i++ {
		sum := CensusTerm(x[i+1], x[i+2], y[i+1], y[i+2], scale)
		sum += CensusTerm(x[i+1], xBelow[i+1], y[i+1], yBelow[i+1], scale)
		sum += CensusTerm(x[i+1], xBelow[i+2], y[i+1], yBelow[i+2], scale)
		sum += CensusTerm(x[i+1], xBelow[i], y[i+1], yBelow[i], scale)
		dst[i] = CensusSteps(sum, 4)
	}
}

// CensusTerm is how much the clipped difference to one neighbour changed.
func CensusTerm(x, xNear, y, yNear, scale float32) float32 {
	a, b := (xNear-x)*scale, (yNear-y)*scale
	a, b = min(max(a, -1), 1), min(max(b, -1), 1)
	return max(a-b, b-a)
}

// CensusSteps is the mean of so many terms in fixed point.
func CensusSteps(sum float32, near int32) int32 {
	return int32(float32(sum*CensusUnit)+0.5) / near
}

// AddInts adds src to dst.
func AddInts(dst, src []int32) {
	src = src[:len(dst)]
	k := vectorAddInts(dst, src)
	dst, src = dst[k:], src[k:]
	for i, v := range src {
		dst[i] += v
	}
}

// SubtractInts subtracts src from dst.
func SubtractInts(dst, src []int32) {
	src = src[:len(dst)]
	k := vectorSubtractInts(dst, src)
	dst, src = dst[k:], src[k:]
	for i, v := range src {
		dst[i] -= v
	}
}
