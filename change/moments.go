package change

import (
	"math"
	"slices"

	"passdiff/change/internal/parallel"
)

// moments are the weighted means and covariances of variables.
type moments struct {
	mean []float64
	cov  matrix
}

// Sums over pixels run in the order of the pixels, each by itself, so that their bits do not depend on how many are taken at once. Several
// are: the processor adds to one sum while the addition to another is under way.
const (
	momentsRows    = 2
	momentsColumns = 4
)

// weigh computes the moments of planes of equal length; nil weights are 1.
func weigh(planes [][]float64, weights []float64, workers int) moments {
	n := len(planes)
	m := moments{mean: make([]float64, n), cov: newMatrix(n)}
	if weights == nil {
		weights = slices.Repeat([]float64{1}, len(planes[0]))
	}
	var total float64
	parallel.Each(workers, (n+momentsColumns-1)/momentsColumns, func(i int) {
		from := i * momentsColumns
		if t := sum(m.mean[from:min(from+momentsColumns, n)], planes[from:], weights); i == 0 {
			total = t
		}
	})
	if total == 0 {
		return moments{mean: make([]float64, n), cov: m.cov}
	}
	for a := range m.mean {
		m.mean[a] /= total
	}
	tiles := momentsTiles(n)
	parallel.Each(workers, len(tiles), func(i int) { tiles[i].add(planes, m.mean, weights) })
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

// sum sets dst to the weighted sums of as many planes, momentsColumns at most, and returns that of the weights.
func sum(dst []float64, planes [][]float64, weights []float64) (total float64) {
	plane := func(k int) []float64 { return planes[min(k, len(dst)-1)][:len(weights)] } // the last again where there are fewer
	a, b, c, d := plane(0), plane(1), plane(2), plane(3)
	var sa, sb, sc, sd float64
	for i, w := range weights {
		total += w
		sa += float64(w * a[i])
		sb += float64(w * b[i])
		sc += float64(w * c[i])
		sd += float64(w * d[i])
	}
	copy(dst, []float64{sa, sb, sc, sd})
	return total
}

// momentsTile is some sums of products: of planes row and on with planes column and on, each about its mean.
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

// add computes the sums.
func (t *momentsTile) add(planes [][]float64, mean, weights []float64) {
	plane := func(k int) ([]float64, float64) {
		k = min(k, len(planes)-1) // the last again where there are fewer
		return planes[k][:len(weights)], mean[k]
	}
	u, mu := plane(t.row)
	v, mv := plane(t.row + 1)
	a, ma := plane(t.column)
	b, mb := plane(t.column + 1)
	c, mc := plane(t.column + 2)
	d, md := plane(t.column + 3)
	var ua, ub, uc, ud, va, vb, vc, vd float64
	for i, w := range weights {
		x, y := float64((u[i]-mu)*w), float64((v[i]-mv)*w)
		z := a[i] - ma
		ua += float64(x * z)
		va += float64(y * z)
		z = b[i] - mb
		ub += float64(x * z)
		vb += float64(y * z)
		z = c[i] - mc
		uc += float64(x * z)
		vc += float64(y * z)
		z = d[i] - md
		ud += float64(x * z)
		vd += float64(y * z)
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
