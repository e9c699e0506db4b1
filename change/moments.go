package change

import "math"

// moments are the weighted means and covariances of variables.
type moments struct {
	mean []float64
	cov  matrix
}

// Sums over pixels run in the order of the pixels, each by itself, so that their bits do not depend on how many are taken at once. What is
// taken at once are momentsColumns planes: the processor adds to one sum while the addition to another is under way.
const (
	momentsColumns = 4
	momentsRows    = 2
	// momentsBlock pixels of all planes stay in the cache.
	momentsBlock = 512
)

// weigh computes the moments of planes of equal length; nil weights are 1.
func weigh(planes [][]float64, weights []float64, workers int) moments {
	n := len(planes)
	m := moments{mean: make([]float64, n), cov: newMatrix(n)}
	total := float64(len(planes[0]))
	each(workers, (n+momentsColumns-1)/momentsColumns+1, func(i int) {
		from := (i - 1) * momentsColumns
		switch {
		case i > 0:
			sum(m.mean[from:min(from+momentsColumns, n)], planes[from:], weights)
		case weights != nil:
			total = 0
			for _, w := range weights {
				total += w
			}
		}
	})
	if total == 0 {
		return moments{mean: make([]float64, n), cov: m.cov}
	}
	for a := range m.mean {
		m.mean[a] /= total
	}
	tiles := momentsTiles(n)
	shares := min(max(workers, 1), len(tiles))
	each(shares, shares, func(i int) {
		var own []*momentsTile
		for k := i; k < len(tiles); k += shares {
			own = append(own, &tiles[k])
		}
		multiply(own, planes, m.mean, weights)
	})
	for _, t := range tiles {
		for r, sums := range t.sum {
			for c, s := range sums {
				if a, b := t.row+r, t.column+c; b <= a && a < n {
					m.cov[a][b] = s / total
					m.cov[b][a] = m.cov[a][b]
				}
			}
		}
	}
	return m
}

// sum sets dst to the weighted sums of as many planes, momentsColumns at most.
func sum(dst []float64, planes [][]float64, weights []float64) {
	var p [momentsColumns][]float64
	for k := range p {
		p[k] = planes[min(k, len(dst)-1)] // again where there are fewer
	}
	n := len(p[0])
	a, b, c, d := p[0], p[1][:n], p[2][:n], p[3][:n]
	var s [momentsColumns]float64
	if weights == nil {
		for i := range a {
			s[0] += a[i]
			s[1] += b[i]
			s[2] += c[i]
			s[3] += d[i]
		}
	} else {
		for i, w := range weights[:n] {
			s[0] += float64(w * a[i])
			s[1] += float64(w * b[i])
			s[2] += float64(w * c[i])
			s[3] += float64(w * d[i])
		}
	}
	copy(dst, s[:])
}

// momentsTile is some sums of products: of planes row and on with planes column and on.
type momentsTile struct {
	row, column int
	sum         [momentsRows][momentsColumns]float64
}

// momentsTiles cover the lower triangle of n by n.
func momentsTiles(n int) []momentsTile {
	var tiles []momentsTile
	for a := 0; a < n; a += momentsRows {
		for b := 0; b < min(a+momentsRows, n); b += momentsColumns {
			tiles = append(tiles, momentsTile{row: a, column: b})
		}
	}
	return tiles
}

// multiply fills the sums of tiles: of what planes have beyond their means, weighted.
func multiply(tiles []*momentsTile, planes [][]float64, mean, weights []float64) {
	n := len(planes)
	// Beyond the last plane there is one of zeros.
	centred := make([][momentsBlock]float64, (n+momentsColumns-1)/momentsColumns*momentsColumns)
	var weighted [momentsRows][momentsBlock]float64
	for from := 0; from < len(planes[0]); from += momentsBlock {
		size := min(momentsBlock, len(planes[0])-from)
		for k, p := range planes {
			c, m := centred[k][:size], mean[k]
			for i, v := range p[from:][:size] {
				c[i] = v - m
			}
		}
		row := -1
		for _, t := range tiles {
			if t.row != row {
				row = t.row
				for r := range weighted {
					copy(weighted[r][:size], centred[row+r][:size])
					if weights != nil {
						w := weights[from:][:size]
						for i, v := range weighted[r][:size] {
							weighted[r][i] = v * w[i]
						}
					}
				}
			}
			c := centred[t.column:][:momentsColumns]
			t.add(weighted[0][:size], weighted[1][:size], c[0][:size], c[1][:size], c[2][:size], c[3][:size])
		}
	}
}

// add adds the products of two rows with four columns.
func (t *momentsTile) add(u, v, a, b, c, d []float64) {
	n := len(u)
	v, a, b, c, d = v[:n], a[:n], b[:n], c[:n], d[:n]
	ua, ub, uc, ud := t.sum[0][0], t.sum[0][1], t.sum[0][2], t.sum[0][3]
	va, vb, vc, vd := t.sum[1][0], t.sum[1][1], t.sum[1][2], t.sum[1][3]
	for i, x := range u {
		y := v[i]
		p, q := a[i], b[i]
		ua += float64(x * p)
		ub += float64(x * q)
		va += float64(y * p)
		vb += float64(y * q)
		p, q = c[i], d[i]
		uc += float64(x * p)
		ud += float64(x * q)
		vc += float64(y * p)
		vd += float64(y * q)
	}
	t.sum = [momentsRows][momentsColumns]float64{{ua, ub, uc, ud}, {va, vb, vc, vd}}
}

// part of the covariance: rows from r, columns from c, n of each.
func (m moments) part(r, c, n int) matrix {
	p := newMatrix(n)
	for i := range n {
		copy(p[i], m.cov[r+i][c:c+n])
	}
	return p
}

// deviation is the mean and the standard deviation of a variable.
func deviation(v []float64) (mean, sd float64) {
	for _, x := range v {
		mean += x
	}
	if len(v) == 0 {
		return 0, 0
	}
	mean /= float64(len(v))
	square := 0.0
	for _, x := range v {
		c := x - mean
		square += float64(c * c)
	}
	return mean, math.Sqrt(square / float64(len(v)))
}
