package register

import (
	"math"
	"math/bits"
)

// transform is the discrete Fourier transform of squares of side n, a power of two. It belongs to one goroutine.
type transform struct {
	n        int
	cos, sin []float64 // of 2πk/n, k < n/2
}

// plane is n×n complex numbers in row-major order.
type plane struct{ re, im []float64 }

func newPlane(n int) plane { return plane{make([]float64, n*n), make([]float64, n*n)} }

func newTransform(n int) *transform {
	t := &transform{n: n, cos: make([]float64, n/2), sin: make([]float64, n/2)}
	for k := range n / 2 {
		// Angles up to an eighth of a turn by series, the others by symmetry.
		switch eighth := n / 8; {
		case k <= eighth:
			t.cos[k], t.sin[k] = unit(2 * math.Pi * float64(k) / float64(n))
		case k <= 2*eighth:
			t.sin[k], t.cos[k] = unit(2 * math.Pi * float64(n/4-k) / float64(n))
		default:
			t.cos[k], t.sin[k] = -t.sin[k-n/4], t.cos[k-n/4]
		}
	}
	return t
}

// unitTerms is the number of terms of the series of sine and cosine; for angles up to π/4 the rest is below 2⁻⁵⁸.
const unitTerms = 9

// unit is the cosine and the sine of an angle of at most π/4, with the same bits on every machine.
func unit(a float64) (c, s float64) {
	q := float64(a * a)
	c, s = 1, 1
	for k := unitTerms; k > 0; k-- {
		c = 1 - float64(q*c)/float64(2*k*(2*k-1))
		s = 1 - float64(q*s)/float64(2*k*(2*k+1))
	}
	return c, float64(a * s)
}

// forward replaces p by its transform Σ p(x, y)·exp(−2πi(kx·x + ky·y)/n). The result is transposed: kx counts rows.
func (t *transform) forward(p plane) {
	t.columns(p.re, p.im, t.n)
	t.transpose(p)
	t.columns(p.re, p.im, t.n)
}

// columns transforms each column of n rows of m numbers: rows change places by their bits reversed, then whole rows are combined. With
// real and imaginary parts swapped it is the inverse but for a factor of n.
func (t *transform) columns(re, im []float64, m int) {
	n := t.n
	for i, j := 0, 0; i < n; i++ {
		if i < j {
			swap(re[i*m:(i+1)*m], re[j*m:(j+1)*m])
			swap(im[i*m:(i+1)*m], im[j*m:(j+1)*m])
		}
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j |= bit
	}
	half := 1
	if bits.Len(uint(n))%2 == 0 { // an odd power of two
		for i := 0; i < n; i += 2 {
			pair(re[i*m:(i+1)*m], im[i*m:(i+1)*m], re[(i+1)*m:(i+2)*m], im[(i+1)*m:(i+2)*m])
		}
		half = 2
	}
	for ; half < n; half *= 4 {
		for k := range half {
			w1, w2 := t.root(k*(n/4/half)), t.root(k*(n/2/half))
			w3 := t.root(3 * k * (n / 4 / half))
			for i := k; i < n; i += 4 * half {
				var r [4]row
				for q := range r {
					at := (i + q*half) * m
					r[q] = row{re[at : at+m], im[at : at+m]}
				}
				quad(&r, w1, w2, w3)
			}
		}
	}
}

// turn is cosine and sine of an angle.
type turn struct{ c, s float64 }

// root is the angle 2πk/n for k < n.
func (t *transform) root(k int) turn {
	if h := t.n / 2; k >= h {
		return turn{-t.cos[k-h], -t.sin[k-h]}
	}
	return turn{t.cos[k], t.sin[k]}
}

func swap(a, b []float64) {
	b = b[:len(a)]
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}

// row is a row of complex numbers.
type row struct{ re, im []float64 }

// pair replaces rows a and b by a + b and a − b.
func pair(ar, ai, br, bi []float64) {
	ai, br, bi = ai[:len(ar)], br[:len(ar)], bi[:len(ar)]
	for i := range ar {
		x, y, u, v := ar[i], ai[i], br[i], bi[i]
		ar[i], ai[i], br[i], bi[i] = x+u, y+v, x-u, y-v
	}
}

// quad does two stages at once. Rows, in the order of bits reversed, hold a quarter transform each: those of every fourth number from 0, 2,
// 1 and 3 on.
func quad(r *[4]row, w1, w2, w3 turn) {
	ar, ai, br, bi, cr, ci, dr, di := r[0].re, r[0].im, r[1].re, r[1].im, r[2].re, r[2].im, r[3].re, r[3].im
	n := len(ar)
	ai, br, bi, cr, ci, dr, di = ai[:n], br[:n], bi[:n], cr[:n], ci[:n], dr[:n], di[:n]
	for i := range ar {
		b, e := br[i], bi[i]
		b, e = float64(w2.c*b)+float64(w2.s*e), float64(w2.c*e)-float64(w2.s*b)
		c, f := cr[i], ci[i]
		c, f = float64(w1.c*c)+float64(w1.s*f), float64(w1.c*f)-float64(w1.s*c)
		d, g := dr[i], di[i]
		d, g = float64(w3.c*d)+float64(w3.s*g), float64(w3.c*g)-float64(w3.s*d)
		x, y := ar[i], ai[i]
		sumX, sumY, lessX, lessY := x+b, y+e, x-b, y-e
		p, q, u, v := c+d, f+g, f-g, d-c // u + iv = −i(C − D)
		ar[i], ai[i] = sumX+p, sumY+q
		br[i], bi[i] = lessX+u, lessY+v
		cr[i], ci[i] = sumX-p, sumY-q
		dr[i], di[i] = lessX-u, lessY-v
	}
}

// transposeBlock is the side of the squares that are transposed at once: 8 values are a cache line.
const transposeBlock = 8

func (t *transform) transpose(p plane) {
	n := t.n
	for _, v := range [][]float64{p.re, p.im} {
		for y := 0; y < n; y += transposeBlock {
			for x := y; x < n; x += transposeBlock {
				for j := y; j < y+transposeBlock; j++ {
					for i := max(x, j+1); i < x+transposeBlock; i++ {
						v[j*n+i], v[i*n+j] = v[i*n+j], v[j*n+i]
					}
				}
			}
		}
	}
}
