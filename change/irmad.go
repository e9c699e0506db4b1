package change

import (
	"context"
	"errors"
	"math"

	"passdiff/change/internal/kernel"
)

// IRMAD is the iteratively reweighted multivariate alteration detection (Nielsen 2007, eq. 9 ff., doi:10.1109/TIP.2006.888195). Canonical
// variates a_iᵀx and b_iᵀy with correlations ρ_i are fitted, again and again, to the pixels that look unchanged:
//
//	M_i = a_iᵀ(x − m_x) − b_iᵀ(y − m_y),  S = G_σ √Z,  Z = Σ_i M_i² / 2(1 − ρ_i),  weight = P(χ²_B > Z)
//
// Any affine change of the bands of either pass leaves it the same. It needs fewer than half of the pixels to have changed, and more
// than a band or two to be better than CVA. The zero value is the default.
type IRMAD struct {
	// Sigma smooths the score, in pixels; 0 means 1.
	Sigma float64
}

// The end of the iteration (QUALITY, §2), and what keeps bands that are nearly copies of one another from deciding.
const (
	irmadRounds = 30
	irmadDone   = 1e-3 // largest change of a correlation
	irmadRidge  = 1e-6 // share of the mean variance
	irmadTop    = 1 - 1e-6
	leastWeight = 1e-12
)

// Name is "irmad".
func (IRMAD) Name() string { return "irmad" }

// Halo is the reach of the Gaussian.
func (m IRMAD) Halo() int { return kernel.Radius(orDefault(m.Sigma)) }

// Fit finds the canonical variates.
func (m IRMAD) Fit(_ context.Context, t *Training) (Fitted, error) {
	v, err := fitMAD(t.pixels(), t.Norm)
	if err != nil {
		return Fitted{}, err
	}
	s, err := smoothed(v.forms(t.Bands), m.Sigma, t.Bands)
	return Fitted{Scorer: s, Facts: map[string]any{"canonical_correlations": v.rho}}, err
}

// variates are what IR-MAD fits: M = A(x − m_x) − B(y − m_y) with variances 2(1 − ρ).
type variates struct {
	bands  []int // those used
	a, b   matrix
	mx, my []float64
	rho    []float64
	// z is the statistic of each pixel that it was fitted to.
	z []float64
}

var (
	// errDegenerate is what fits to passes without variance, or without differences, end with.
	errDegenerate = errors.New("the passes, or what differs between them, do not vary in the sample")
	// errTooSmall says that at the scale looked at nothing of the sample is left.
	errTooSmall = errors.New("what both passes measured is too small for blocks of pixels to be compared")
)

// fitMAD fits to the bands that can be used.
func fitMAD(p *pixels, n Norm) (*variates, error) {
	v := &variates{}
	var planes [][]float64
	for b := range p.bands {
		if n.usable(b) {
			v.bands = append(v.bands, b)
			planes = append(planes, p.before(b))
		}
	}
	k := len(v.bands)
	for _, b := range v.bands {
		planes = append(planes, p.after(b))
	}
	if p.len() == 0 {
		return nil, errTooSmall
	}
	if k == 0 {
		return nil, errDegenerate
	}
	var weights, old []float64
	table := newTail(k)
	v.z = make([]float64, p.len())
	for range irmadRounds {
		m := weigh(planes, weights, p.workers)
		sxx, syy, sxy := m.part(0, 0, k), m.part(k, k, k), m.part(0, k, k)
		sxx.ridge(irmadRidge)
		syy.ridge(irmadRidge)
		lx, okX := sxx.cholesky()
		ly, okY := syy.cholesky()
		if !okX || !okY {
			return nil, errDegenerate
		}
		ix, iy := lx.invertLower(), ly.invertLower()
		// K = Lx⁻¹ Sxy Ly⁻ᵀ has the singular values ρ.
		c := ix.mul(sxy).mul(iy.transposed())
		squares, u := c.mul(c.transposed()).eigen()
		v.rho = make([]float64, k)
		right := newMatrix(k)
		for i := range k {
			v.rho[i] = min(math.Sqrt(max(squares[i], 0)), irmadTop)
			right[i] = rightVector(c, u[i])
		}
		completeBasis(right)
		v.a, v.b = u.mul(ix), right.mul(iy)
		v.mx, v.my = m.mean[:k], m.mean[k:]
		p.blocks(func(from, to int) { v.statistic(planes, from, to) })
		if old != nil && furthest(v.rho, old) < irmadDone {
			break
		}
		old = v.rho
		if weights == nil {
			weights = make([]float64, p.len())
		}
		p.blocks(func(from, to int) { table.weigh(weights[from:to], v.z[from:to]) })
	}
	return v, nil
}

// rightVector is the singular vector Kᵀu/|Kᵀu| that belongs to u; nil when it has no length.
func rightVector(c matrix, u []float64) []float64 {
	n := len(u)
	r := make([]float64, n)
	length := 0.0
	for j := range n {
		s := 0.0
		for i := range n {
			s += float64(c[i][j] * u[i])
		}
		r[j] = s
		length += float64(s * s)
	}
	length = math.Sqrt(length)
	if length < 1e-12 {
		return nil
	}
	for j := range r {
		r[j] /= length
	}
	return r
}

// completeBasis replaces missing rows by directions perpendicular to the others (Gram and Schmidt).
func completeBasis(m matrix) {
	n := len(m)
	for i := range n {
		for axis := 0; m[i] == nil && axis < n; axis++ {
			e := make([]float64, n)
			e[axis] = 1
			for k := range n {
				if m[k] == nil {
					continue
				}
				dot := m[k][axis]
				for j := range n {
					e[j] -= float64(dot * m[k][j])
				}
			}
			length := 0.0
			for _, x := range e {
				length += float64(x * x)
			}
			if length < 1.0/float64(2*n) {
				continue
			}
			length = math.Sqrt(length)
			for j := range e {
				e[j] /= length
			}
			m[i] = e
		}
	}
}

// statistic computes Z of pixels from … to−1.
func (v *variates) statistic(planes [][]float64, from, to int) {
	k := len(v.rho)
	z := v.z[from:to]
	clear(z)
	line := make([]float64, len(z))
	for i := range k {
		scale := 1 / math.Sqrt(2*(1-v.rho[i]))
		shift := 0.0
		for j := range k {
			shift += float64(v.b[i][j]*v.my[j]) - float64(v.a[i][j]*v.mx[j])
		}
		for q := range line {
			line[q] = shift
		}
		for j := range k {
			a, b := v.a[i][j], v.b[i][j]
			x, y := planes[j][from:][:len(line)], planes[k+j][from:][:len(line)]
			for q := range line {
				line[q] += float64(a*x[q]) - float64(b*y[q])
			}
		}
		for q, m := range line {
			m *= scale
			z[q] += float64(m * m)
		}
	}
}

// forms are the variates divided by their standard deviations.
func (v *variates) forms(bands int) *forms {
	f := &forms{}
	for i := range v.rho {
		scale := 1 / math.Sqrt(2*(1-v.rho[i]))
		after, before, shift := make([]float64, bands), make([]float64, bands), 0.0
		for j, b := range v.bands {
			before[b], after[b] = round32(v.a[i][j]*scale), round32(-v.b[i][j]*scale)
			shift += float64(v.b[i][j]*scale*v.my[j]) - float64(v.a[i][j]*scale*v.mx[j])
		}
		f.After, f.Before, f.Shift = append(f.After, after), append(f.Before, before), append(f.Shift, round32(shift))
	}
	return f
}

func furthest(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d = max(d, math.Abs(a[i]-b[i]))
	}
	return d
}

// tail is the tail of the χ² distribution as a table over √z, in which it is smooth for one degree of freedom, too, with straight lines
// between, within 2·10⁻⁷.
type tail struct {
	step  float64
	value []float64
}

const tailSteps = 1 << 13

func newTail(degrees int) tail {
	// Beyond, the tail is below leastWeight.
	t := tail{step: math.Sqrt(float64(4*degrees)+60) / tailSteps, value: make([]float64, tailSteps+2)}
	for i := range t.value {
		u := float64(i) * t.step
		t.value[i] = kernel.ChiSquaredTail(float64(u*u), degrees)
	}
	return t
}

// weigh sets the weights of pixels of statistics z, which may be the same slice.
func (t tail) weigh(weights, z []float64) {
	weights = weights[:len(z)]
	for i, v := range z {
		w := t.at(v)
		if w < leastWeight {
			w = leastWeight
		}
		weights[i] = w
	}
}

func (t tail) at(z float64) float64 {
	x := math.Sqrt(z) / t.step
	if !(x < tailSteps) {
		return 0
	}
	i := int(x)
	return t.value[i] + float64((x-float64(i))*(t.value[i+1]-t.value[i]))
}

// smoothed is a score smoothed by the Gaussian of a method's Sigma.
func smoothed(s Scorer, sigma float64, bands int) (Scorer, error) {
	return prepared(&gauss{Of: Node{s}, Sigma: orDefault(sigma)}, bands)
}

// defaultSigma is the standard deviation in pixels of the Gaussian over the scores of methods that look at single pixels.
const defaultSigma = 1

func orDefault(sigma float64) float64 {
	if sigma == 0 {
		return defaultSigma
	}
	return sigma
}
