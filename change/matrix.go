package change

import "math"

// matrix is a square matrix, row by row. Products are rounded before they are added, and sums run in index order, so that results have
// the same bits on every machine.
type matrix [][]float64

func newMatrix(n int) matrix {
	m := make(matrix, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// trace is the sum of the diagonal.
func (m matrix) trace() float64 {
	t := 0.0
	for i := range m {
		t += m[i][i]
	}
	return t
}

// ridge adds to the diagonal the share of its mean.
func (m matrix) ridge(share float64) {
	add := share * m.trace() / float64(len(m))
	for i := range m {
		m[i][i] += add
	}
}

// mul is m·o.
func (m matrix) mul(o matrix) matrix {
	n := len(m)
	p := newMatrix(n)
	for i := range n {
		for j := range n {
			s := 0.0
			for k := range n {
				s += float64(m[i][k] * o[k][j])
			}
			p[i][j] = s
		}
	}
	return p
}

func (m matrix) transposed() matrix {
	t := newMatrix(len(m))
	for i := range m {
		for j := range m {
			t[j][i] = m[i][j]
		}
	}
	return t
}

// cholesky is the lower triangle L with L·Lᵀ = m; false when m is not positive definite.
func (m matrix) cholesky() (matrix, bool) {
	n := len(m)
	l := newMatrix(n)
	for i := range n {
		for j := range i + 1 {
			s := m[i][j]
			for k := range j {
				s -= float64(l[i][k] * l[j][k])
			}
			if i > j {
				l[i][j] = s / l[j][j]
				continue
			}
			if !(s > 0) {
				return nil, false
			}
			l[i][i] = math.Sqrt(s)
		}
	}
	return l, true
}

// invertLower is the inverse of a lower triangle.
func (m matrix) invertLower() matrix {
	n := len(m)
	v := newMatrix(n)
	for i := range n {
		v[i][i] = 1 / m[i][i]
		for j := range i {
			s := 0.0
			for k := j; k < i; k++ {
				s += float64(m[i][k] * v[k][j])
			}
			v[i][j] = -s / m[i][i]
		}
	}
	return v
}

// Jacobi's rotations end when what is off the diagonal is this small against it, which takes five or six sweeps.
const (
	jacobiDone   = 1e-24
	jacobiSweeps = 40
)

// eigen gives the eigenvalues of a symmetric matrix, largest first, and the eigenvectors as rows, each with its largest component above 0.
func (m matrix) eigen() (values []float64, vectors matrix) {
	n := len(m)
	a, v := newMatrix(n), newMatrix(n)
	for i := range n {
		copy(a[i], m[i])
		v[i][i] = 1
	}
	for range jacobiSweeps {
		off, on := 0.0, 0.0
		for i := range n {
			on += float64(a[i][i] * a[i][i])
			for j := range i {
				off += float64(a[i][j] * a[i][j])
			}
		}
		if off <= jacobiDone*on {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(a, v, p, q)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
		for k := i; k > 0 && a[order[k]][order[k]] > a[order[k-1]][order[k-1]]; k-- {
			order[k], order[k-1] = order[k-1], order[k]
		}
	}
	vectors = newMatrix(n)
	for i, k := range order {
		values = append(values, a[k][k])
		big := 0
		for j := range n {
			vectors[i][j] = v[j][k]
			if math.Abs(v[j][k]) > math.Abs(v[big][k]) {
				big = j
			}
		}
		if v[big][k] < 0 {
			for j := range n {
				vectors[i][j] = -vectors[i][j]
			}
		}
	}
	return values, vectors
}

// rotate makes a[p][q] 0 by a rotation of the axes p and q, which v collects.
func rotate(a, v matrix, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(float64(t*t)+1)
	s := t * c
	for k := range a {
		x, y := a[k][p], a[k][q]
		a[k][p], a[k][q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for k := range a {
		x, y := a[p][k], a[q][k]
		a[p][k], a[q][k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for k := range v {
		x, y := v[k][p], v[k][q]
		v[k][p], v[k][q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}
