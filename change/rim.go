package change

import (
	"bytes"

	"passdiff/change/internal/kernel"
	"passdiff/raster"
)

// What marks says of a pixel.
const (
	unchanged = 0
	changed   = 1
	ignored   = 2 // its score reaches the threshold, but it does not count: opened away, or outside the area
)

// marks is a plane of bytes over a score tile. It keeps for each row whether it may hold a changed pixel.
type marks struct {
	w, h  int
	data  []uint8
	any   []bool
	reach []int8  // per pixel: columns to the nearest changed pixel of its row
	near  []uint8 // 1 where a changed pixel may lie within the rim
	ones  []uint8 // a row

	reaches [][]int8 // the rows of reach around the one at work
	work    [2][]uint8
}

// farAway stands in reach for "none within the rim".
const farAway = -128

// set marks the pixels that reach the threshold; it reports whether there are any.
func (m *marks) set(score *raster.Tile, t *raster.TilePair, threshold float32) bool {
	m.size(score.Window)
	found := false
	row := 0
	t.EachRow(score.Window, func(_, at, n int) {
		out := m.row(row)
		scores := score.Data[row*score.Stride:][:n]
		some := kernel.AnyAtLeast(scores, threshold)
		if some {
			kernel.MarkAtLeast(out, scores, threshold)
		} else {
			clear(out)
		}
		if some && t.Valid != nil {
			var left uint8
			for i, v := range t.Valid[at : at+n] {
				out[i] &= v
				left |= out[i]
			}
			some = left != 0
		}
		m.any[row] = some
		found = found || some
		row++
	})
	return found
}

// size makes room for a window.
func (m *marks) size(w raster.Window) {
	m.w, m.h = w.W, w.H
	if n := m.w * m.h; cap(m.data) < n {
		m.data, m.reach, m.near = make([]uint8, n), make([]int8, n), make([]uint8, n)
	}
	if len(m.ones) < m.w {
		m.ones = bytes.Repeat([]byte{1}, m.w)
	}
	m.data = m.data[:m.w*m.h]
	if cap(m.any) < m.h {
		m.any = make([]bool, m.h)
	}
	m.any = m.any[:m.h]
}

// clear marks nothing over a window.
func (m *marks) clear(w raster.Window) {
	m.size(w)
	clear(m.data)
	clear(m.any)
}

// keep unmarks the pixels whose evidence is below the gate; it reports whether any are left.
func (m *marks) keep(levels *raster.Tile, gate float32) bool {
	found := false
	for y := range m.h {
		if !m.any[y] {
			continue
		}
		row := m.row(y)
		var some uint8
		for i, v := range levels.Data[y*levels.Stride:][:m.w] {
			if v < gate {
				row[i] = unchanged
			}
			some |= row[i]
		}
		m.any[y] = some != 0
		found = found || some != 0
	}
	return found
}

func (m *marks) row(y int) []uint8 { return m.data[y*m.w : (y+1)*m.w] }

// rimPixel is an unchanged pixel and the changed pixel nearest to it.
type rimPixel struct {
	y, x, ownerY, ownerX int32
}

// rims appends the unchanged pixels that lie within radius (Euclidean) of a changed one and whose nearest changed pixel lies in out; of
// equally near ones the upper and then the left one wins. in is the plane's window and reaches 2·radius beyond out where the scene does.
func (m *marks) rims(dst []rimPixel, in, out raster.Window, radius int) []rimPixel {
	m.spread(radius)
	area := out.Grow(radius).Intersect(in)
	if len(m.reaches) != 2*radius+1 {
		m.reaches = make([][]int8, 2*radius+1)
	}
	reaches := m.reaches
	for y := area.Y - in.Y; y < area.MaxY()-in.Y; y++ {
		near := m.near[y*m.w:][:m.w]
		data := m.row(y)
		for i := range reaches {
			reaches[i] = nil
			if yy := y - radius + i; yy >= 0 && yy < m.h && m.any[yy] {
				reaches[i] = m.reach[yy*m.w:][:m.w]
			}
		}
		for x, end := area.X-in.X, area.MaxX()-in.X; x < end; x++ {
			if near[x] == 0 {
				k := bytes.IndexByte(near[x:end], 1)
				if k < 0 {
					break
				}
				x += k
			}
			if data[x] != unchanged {
				continue
			}
			dx, dy, ok := nearest(reaches, x)
			ox, oy := x+dx, y+dy
			if !ok || ox+in.X < out.X || ox+in.X >= out.MaxX() || oy+in.Y < out.Y || oy+in.Y >= out.MaxY() {
				continue
			}
			dst = append(dst, rimPixel{int32(y + in.Y), int32(x + in.X), int32(oy + in.Y), int32(ox + in.X)})
		}
	}
	return dst
}

// spread prepares near and reach.
func (m *marks) spread(radius int) {
	m.near = m.near[:m.w*m.h]
	clear(m.near)
	m.reach = m.reach[:m.w*m.h]
	for y := range m.h {
		if !m.any[y] {
			continue
		}
		row, reach := m.row(y), m.reach[y*m.w:][:m.w]
		for i := range reach {
			reach[i] = farAway
		}
		for x := 0; x < m.w; {
			k := bytes.IndexByte(row[x:], changed)
			if k < 0 {
				break
			}
			x0 := x + k
			for x = x0; x < m.w && row[x] == changed; x++ {
			}
			reachFrom(reach, x0, x, radius)
			lo, hi := max(0, x0-radius), min(m.w, x+radius)
			for yy := max(0, y-radius); yy <= min(m.h-1, y+radius); yy++ {
				copy(m.near[yy*m.w+lo:], m.ones[:hi-lo])
			}
		}
	}
}

// reachFrom notes, for each pixel of a row within radius of the run of changed pixels from x0 to x1, the way to it where none of the runs before
// is as near.
func reachFrom(reach []int8, x0, x1, radius int) {
	clear(reach[x0:x1])
	for d := 1; d <= radius && x0-d >= 0; d++ {
		if r := reach[x0-d]; r == farAway || d < -int(r) {
			reach[x0-d] = int8(d)
		}
	}
	for d := 1; d <= radius && x1-1+d < len(reach); d++ {
		reach[x1-1+d] = int8(-d)
	}
}

// nearest finds the way to the changed pixel nearest to the one at x of the middle row, no further than there are rows above it; the upper
// one of equally near ones. reaches holds the reach of each row, nil where no pixel of it changed.
func nearest(reaches [][]int8, x int) (dx, dy int, ok bool) {
	middle := len(reaches) / 2
	best := middle * middle
	for k := 0; k <= middle && k*k <= best; k++ {
		if row := reaches[middle-k]; row != nil && row[x] != farAway {
			if r := int(row[x]); k*k+r*r <= best { // it lies above all found so far
				best, dx, dy, ok = k*k+r*r, r, -k, true
			}
		}
		if row := reaches[middle+k]; row != nil && row[x] != farAway {
			if r := int(row[x]); k*k+r*r < best || !ok && k*k+r*r == best {
				best, dx, dy, ok = k*k+r*r, r, k, true
			}
		}
	}
	return dx, dy, ok
}
