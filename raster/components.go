package raster

import (
	"cmp"
	"slices"
)

// Components cuts the pixels of an area into 4-connected parts, in the order of their first runs. Each part's runs are sorted by row, then
// column.
func (a *Area) Components() [][]Run {
	parent := make([]int32, len(a.runs))
	for i := range parent {
		parent[i] = int32(i)
	}
	find := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	above := 0 // first run of the row above that may touch
	for i, r := range a.runs {
		for above < i && (a.runs[above].Y < r.Y-1 || a.runs[above].Y == r.Y-1 && a.runs[above].X1 <= r.X0) {
			above++
		}
		for k := above; k < i && a.runs[k].Y == r.Y-1 && a.runs[k].X0 < r.X1; k++ {
			// The lower index stays the root, so a part is known by its first run.
			x, y := find(int32(i)), find(int32(k))
			parent[max(x, y)] = min(x, y)
		}
	}
	order := make([]int32, len(a.runs))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(x, y int32) int { return cmp.Compare(find(x), find(y)) })
	var parts [][]Run
	for i, k := range order {
		if i == 0 || find(k) != find(order[i-1]) {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], a.runs[k])
	}
	return parts
}
