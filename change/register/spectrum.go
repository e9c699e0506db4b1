package register

import (
	"math"

	"passdiff/change/internal/kernel"
)

// lowPass is the σ in pixels of the Gaussian by which correlations are smoothed: what varies faster than a few pixels is aliased by the
// sensor and says little of position.
const lowPass = 0.8

// spectrum is the weighted cross spectrum Q of a window, or the sum of those of several windows of one size.
type spectrum struct {
	n int
	// q holds Q(kx, ky) at kx·n + ky. Wavenumbers from n/2 on are negative; n/2 itself is left out.
	q plane
	// power is Σ|Q|, slope is Σκ²|Q|²/2 with κ the length of the wavenumber in radians per pixel: the variance of C's slope in one direction
	// where phases are random. Of windows each, added.
	power, slope float64
}

// spectra makes spectra of windows of side n. It belongs to one goroutine.
type spectra struct {
	*transform
	gain  []float64 // of the low pass, by wavenumber
	taper []float64 // of Hann
	kappa []float64 // wavenumbers in radians per pixel
	z     plane
	few   plane // n rows
	one   spectrum
}

func newSpectra(n int) *spectra {
	s := &spectra{transform: newTransform(n), gain: make([]float64, n), kappa: make([]float64, n), z: newPlane(n)}
	s.taper = hann(s.transform)
	for k := range s.gain {
		s.kappa[k] = 2 * math.Pi * float64(k) / float64(n)
		if k > n/2 {
			s.kappa[k] -= 2 * math.Pi
		}
		s.gain[k] = kernel.Exp(-float64(s.kappa[k]*s.kappa[k]) * lowPass * lowPass / 2)
	}
	s.gain[n/2] = 0
	return s
}

// cross makes the spectrum of the windows in s.z, BEFORE real and AFTER imaginary. It is scaled to a power of n², so that each pixel has the
// same say. It reports false when one of the windows holds nothing.
func (s *spectra) cross(out *spectrum) bool {
	n := s.n
	s.forward(s.z)
	if out.n != n {
		out.q = newPlane(n)
	}
	*out = spectrum{n: n, q: out.q}
	// Rows kx and −kx are made together; both are a transform of real numbers' correlation, so one is the other's conjugate.
	for kx := 0; kx <= n/2; kx++ {
		mx := (n - kx) % n
		kx2 := float64(s.kappa[kx] * s.kappa[kx])
		twice := 2.0
		if kx == 0 || kx == n/2 {
			twice = 1
		}
		for ky := range n {
			my := (n - ky) % n
			i, m := kx*n+ky, mx*n+my
			g := float64(s.gain[kx] * s.gain[ky])
			a, b, c, d := s.z.re[i], s.z.im[i], s.z.re[m], s.z.im[m]
			xr, xi, yr, yi := a+c, b-d, b+d, c-a
			re := float64(xr*yr) + float64(xi*yi)
			im := float64(xr*yi) - float64(xi*yr)
			size := math.Sqrt(float64(re*re) + float64(im*im))
			if size > 0 {
				g /= math.Sqrt(size)
			} else {
				g = 0
			}
			re, im = float64(re*g), float64(im*g)
			out.q.re[i], out.q.im[i] = re, im
			out.q.re[m], out.q.im[m] = re, -im
			square := float64(re*re) + float64(im*im)
			out.power += float64(twice * math.Sqrt(square))
			kappa2 := kx2 + float64(s.kappa[ky]*s.kappa[ky])
			out.slope += float64(twice * float64(kappa2*square) / 2)
		}
	}
	if !(out.power > 0) {
		return false
	}
	out.scale(float64(n*n) / out.power)
	return true
}

func (s *spectrum) scale(f float64) {
	for i := range s.q.re {
		s.q.re[i] *= f
		s.q.im[i] *= f
	}
	s.power *= f
	s.slope *= float64(f * f)
}

// add adds another window's spectrum of the same size.
func (s *spectrum) add(o *spectrum) {
	for i, v := range o.q.re {
		s.q.re[i] += v
	}
	for i, v := range o.q.im {
		s.q.im[i] += v
	}
	s.power += o.power
	s.slope += o.slope
}

// surface adds the correlation C at whole-pixel shifts to dst.
func (s *spectra) surface(q *spectrum, dst *surface) {
	copy(s.z.re, q.q.re)
	copy(s.z.im, q.q.im)
	// From kx to x for all ky; of these only x near 0 are transformed from ky to y. Parts change places for the inverse.
	n, r := s.n, dst.r
	m := 2*r + 1
	s.columns(s.z.im, s.z.re, n)
	s.few.re, s.few.im = resize(s.few.re, n*m), resize(s.few.im, n*m)
	for x := range m {
		from := (x - r + n) % n * n
		for ky := range n {
			s.few.re[ky*m+x], s.few.im[ky*m+x] = s.z.re[from+ky], s.z.im[from+ky]
		}
	}
	s.columns(s.few.im, s.few.re, m)
	for y := range m {
		for x, v := range s.few.re[(y-r+n)%n*m:][:m] {
			dst.at[y*m+x] += v
		}
	}
}

// taylor is C and its derivatives at one place.
type taylor struct{ c, x, y, xx, xy, yy float64 }

func (t *taylor) add(o taylor) {
	t.c += o.c
	t.x += o.x
	t.y += o.y
	t.xx += o.xx
	t.xy += o.xy
	t.yy += o.yy
}

// expand evaluates the Fourier series at (dx, dy), at most a few pixels from 0.
func (s *spectra) expand(q *spectrum, dx, dy float64) taylor {
	n := s.n
	stepX, stepY := 2*math.Pi*dx/float64(n), 2*math.Pi*dy/float64(n)
	cy, sy := s.turns(stepY)
	cx, sx := s.turns(stepX)
	var t taylor
	for kx := range n / 2 {
		var a0, b0, a1, b1, a2, b2 float64 // Σ q·e^{iκy·dy}·{1, κy, κy²}, real and imaginary
		re, im := q.q.re[kx*n:][:n], q.q.im[kx*n:][:n]
		for ky := range n {
			if ky == n/2 {
				continue
			}
			u := float64(re[ky]*cy[ky]) - float64(im[ky]*sy[ky])
			v := float64(re[ky]*sy[ky]) + float64(im[ky]*cy[ky])
			k := s.kappa[ky]
			a0 += u
			b0 += v
			u, v = float64(u*k), float64(v*k)
			a1 += u
			b1 += v
			a2 += float64(u * k)
			b2 += float64(v * k)
		}
		c, d, k := cx[kx], sx[kx], s.kappa[kx]
		if kx > 0 {
			c, d = 2*c, 2*d
		}
		r0, i0 := float64(a0*c)-float64(b0*d), float64(a0*d)+float64(b0*c)
		r1, i1 := float64(a1*c)-float64(b1*d), float64(a1*d)+float64(b1*c)
		r2 := float64(a2*c) - float64(b2*d)
		t.c += r0
		t.x -= float64(k * i0)
		t.y -= i1
		t.xx -= float64(float64(k*k) * r0)
		t.xy -= float64(k * r1)
		t.yy -= r2
	}
	return t
}

// turns is the cosine and sine of k·step for every wavenumber index k.
func (s *spectra) turns(step float64) (c, d []float64) {
	n := s.n
	c, d = make([]float64, n), make([]float64, n)
	c[0] = 1
	c1, s1 := unit(step)
	for k := 1; k < n/2; k++ {
		c[k] = float64(c[k-1]*c1) - float64(d[k-1]*s1)
		d[k] = float64(d[k-1]*c1) + float64(c[k-1]*s1)
		c[n-k], d[n-k] = c[k], -d[k]
	}
	return c, d
}

// newtonSteps and newtonClose end the search for a maximum.
const (
	newtonSteps = 12
	newtonClose = 1e-6 // pixels
	newtonReach = 1.5  // pixels from the whole-pixel maximum; beyond is another peak
)

const (
	// hannLoss is by how much a taper raises the noise of shifts: it leaves fewer wavenumbers independent. By theory 3/2 for Hann's, by
	// simulation with changed ground 2.
	hannLoss = 2
	// systematic is the error in pixels that no number of windows averages away; by simulation, from aliasing.
	systematic = 0.01
)

// peak is a maximum of C.
type peak struct {
	dx, dy    float64 // pixels
	sd        float64 // standard deviation of the noise in either direction, pixels
	coherence float64 // γ at the maximum
}

// sum is the spectra of windows, added by their size.
type sum map[int]*spectrum

// add adds the spectrum of a window.
func (s sum) add(q *spectrum) {
	if s[q.n] == nil {
		s[q.n] = &spectrum{n: q.n, q: newPlane(q.n)}
	}
	s[q.n].add(q)
}

// climb finds the maximum near (x0, y0). It reports false when there is none.
func (m *measurer) climb(s sum, x0, y0 float64) (peak, bool) {
	var power, slope float64
	for _, n := range windowSizes {
		if q := s[n]; q != nil {
			power += q.power
			slope += q.slope
		}
	}
	x, y := x0, y0
	for range newtonSteps {
		var t taylor
		for _, n := range windowSizes {
			if q := s[n]; q != nil {
				t.add(m.of(n).expand(q, x, y))
			}
		}
		det := float64(t.xx*t.yy) - float64(t.xy*t.xy)
		if !(t.xx < 0 && det > 0) {
			return peak{}, false
		}
		stepX := (float64(t.xy*t.y) - float64(t.yy*t.x)) / det
		stepY := (float64(t.xy*t.x) - float64(t.xx*t.y)) / det
		x, y = x+stepX, y+stepY
		if !(math.Abs(x-x0) <= newtonReach && math.Abs(y-y0) <= newtonReach) {
			return peak{}, false
		}
		if math.Abs(stepX) < newtonClose && math.Abs(stepY) < newtonClose {
			gamma := t.c / power
			noise := float64(slope * max(0, 1-float64(gamma*gamma)))
			// The mean over both directions of (slope's noise / curvature)².
			inverse := (float64(t.xx*t.xx) + float64(t.yy*t.yy) + float64(2*float64(t.xy*t.xy))) / float64(det*det)
			variance := float64(hannLoss * hannLoss / 2 * float64(noise*inverse))
			return peak{x, y, math.Sqrt(variance + systematic*systematic), gamma}, true
		}
	}
	return peak{}, false
}
