package kernel

import "math"

// The constants of log2 and exp2 in 32 bits.
const (
	log2e   = 1.44269504088896340736 // 1/ln 2
	mantBit = 23
	rootBit = 0x3f3504f3 // √½
)

// log2 is the binary logarithm of a normal number above 0 with an error below 3·10⁻⁷: x = 2^k·m with m in [√½, √2), and
// ln m = 2 artanh((m−1)/(m+1)) by its series.
func log2(x float32) float32 {
	b := math.Float32bits(x)
	k := int32(b-rootBit) >> mantBit
	m := math.Float32frombits(b - uint32(k)<<mantBit)
	s := (m - 1) / (m + 1)
	q := float32(s * s)
	p := float32(q*(1.0/9)) + 1.0/7
	p = float32(q*p) + 1.0/5
	p = float32(q*p) + 1.0/3
	p = float32(q*p) + 1
	return float32(k) + float32(2*log2e*float32(s*p))
}

// exp2 is 2^x with a relative error below 3·10⁻⁷, for x in [−126, 127]; beyond it is as for the nearer end.
func exp2(x float32) float32 {
	x = min(max(x, -126), 127)
	k := float32(int32(x + 126.5)) // rounds down: the sum is not negative
	r := x - (k - 126)
	t := float32(r * math.Ln2)
	p := float32(t*(1.0/5040)) + 1.0/720
	p = float32(t*p) + 1.0/120
	p = float32(t*p) + 1.0/24
	p = float32(t*p) + 1.0/6
	p = float32(t*p) + 1.0/2
	p = float32(t*p) + 1
	p = float32(t*p) + 1
	return float32(p * math.Float32frombits(uint32(int32(k)+1)<<mantBit))
}

// MultiplyAbove multiplies acc by scale·src + floor, or sets it to that when first. Terms are kept below 10⁶, so that six of them do not
// overflow.
func MultiplyAbove(acc, src []float32, scale, floor float32, first bool) {
	src = src[:len(acc)]
	k := vectorMultiplyAbove(acc, src, scale, floor, first)
	acc, src = acc[k:], src[k:]
	for i, v := range src {
		f := min(float32(scale*v), 1e6) + floor
		if !first {
			f *= acc[i]
		}
		acc[i] = f
	}
}

// AddPower adds power·log₂ acc to dst, or sets it to that when first; acc is above 0.
func AddPower(dst, acc []float32, power float32, first bool) {
	acc = acc[:len(dst)]
	k := vectorAddPower(dst, acc, power, first)
	dst, acc = dst[k:], acc[k:]
	for i, v := range acc {
		p := float32(power * log2(v))
		if !first {
			p += dst[i]
		}
		dst[i] = p
	}
}

// Exp2 replaces each value v by 2^v.
func Exp2(v []float32) {
	v = v[vectorExp2(v):]
	for i, x := range v {
		v[i] = exp2(x)
	}
}

// LogRatio sets dst to ln((after + c)/(before + c)); values below 0 count as 0. c of 0 gives 0 where either is 0.
func LogRatio(dst, before, after []float32, c float32) {
	before, after = before[:len(dst)], after[:len(dst)]
	for i, x := range before {
		dst[i] = logRatio(x, after[i], c)
	}
}

// RootLogRatio is LogRatio of the roots of both.
func RootLogRatio(dst, before, after []float32, c float32) {
	before, after = before[:len(dst)], after[:len(dst)]
	for i, x := range before {
		dst[i] = logRatio(float32(math.Sqrt(float64(max(x, 0)))), float32(math.Sqrt(float64(max(after[i], 0)))), c)
	}
}

// logRatio keeps both within what log2 can take.
func logRatio(x, y, c float32) float32 {
	x, y = min(max(x, 0)+c, math.MaxFloat32), min(max(y, 0)+c, math.MaxFloat32)
	if !(x >= smallestNormal && y >= smallestNormal) {
		return 0
	}
	return float32(math.Ln2 * (log2(y) - log2(x)))
}

// smallestNormal is the least float32 that has all its digits.
const smallestNormal = 0x1p-126

// Ln is the natural logarithm of a normal number above 0, within 3·10⁻⁷.
func Ln(x float32) float32 { return float32(math.Ln2 * log2(x)) }
