package register

import "math"

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
	t.columns(p.re, p.im)
	t.transpose(p)
	t.columns(p.re, p.im)
}

// inverse undoes forward but for a factor of n². Swapped parts make a transform its inverse.
func (t *transform) inverse(p plane) {
	t.columns(p.im, p.re)
	t.transpose(p)
	t.columns(p.im, p.re)
}

// columns transforms each column: rows change places by their bits reversed, then whole rows are combined.
func (t *transform) columns(re, im []float64) {
	n := t.n
	for i, j := 0, 0; i < n; i++ {
		if i < j {
			swapRows(re[i*n:(i+1)*n], re[j*n:(j+1)*n])
			swapRows(im[i*n:(i+1)*n], im[j*n:(j+1)*n])
		}
		bit := n >> 1
		for ; j&bit != 0; bit >>= 1 {
			j ^= bit
		}
		j |= bit
	}
	for half := 1; half < n; half *= 2 {
		for k := range half {
			c, s := t.cos[k*(n/2/half)], t.sin[k*(n/2/half)]
			for i := k; i < n; i += 2 * half {
				a, b := i*n, (i+half)*n
				butterfly(re[a:a+n], im[a:a+n], re[b:b+n], im[b:b+n], c, s)
			}
		}
	}
}

func swapRows(a, b []float64) {
	b = b[:len(a)]
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}

// butterfly replaces rows a and b by a + wb and a − wb with w = c − i·s.
func butterfly(ar, ai, br, bi []float64, c, s float64) {
	ai, br, bi = ai[:len(ar)], br[:len(ar)], bi[:len(ar)]
	for i := range ar {
		x, y := br[i], bi[i]
		u := float64(c*x) + float64(s*y)
		v := float64(c*y) - float64(s*x)
		p, q := ar[i], ai[i]
		ar[i], ai[i] = p+u, q+v
		br[i], bi[i] = p-u, q-v
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
