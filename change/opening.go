package change

// open removes what is narrower than the diamond of radius n: n erosions and then n dilations by the four neighbours. Beyond the plane
// nothing is changed, so the outer 2n pixels are not to be used. Pixels that go are ignored from then on.
func (m *marks) open(n int) {
	for i := range m.work {
		if cap(m.work[i]) < len(m.data) {
			m.work[i] = make([]uint8, len(m.data))
		}
		m.work[i] = m.work[i][:len(m.data)]
	}
	from, to := m.work[0], m.work[1]
	copy(from, m.data)
	for range n {
		m.neighbours(to, from, func(c, l, r, u, d uint8) uint8 { return c & l & r & u & d })
		from, to = to, from
	}
	for range n {
		m.neighbours(to, from, func(c, l, r, u, d uint8) uint8 { return c | l | r | u | d })
		from, to = to, from
	}
	for i, v := range m.data {
		if v == changed && from[i] == 0 {
			m.data[i] = ignored
		}
	}
}

// neighbours sets each pixel of dst from itself and its left, right, upper and lower neighbours in src; those beyond the plane are 0.
func (m *marks) neighbours(dst, src []uint8, f func(c, l, r, u, d uint8) uint8) {
	at := func(x, y int) uint8 {
		if x < 0 || y < 0 || x >= m.w || y >= m.h {
			return 0
		}
		return src[y*m.w+x]
	}
	for y := range m.h {
		if inner := y > 0 && y < m.h-1; inner && !m.any[y-1] && !m.any[y] && !m.any[y+1] {
			clear(dst[y*m.w:][:m.w])
			continue
		}
		for x := range m.w {
			dst[y*m.w+x] = f(at(x, y), at(x-1, y), at(x+1, y), at(x, y-1), at(x, y+1))
		}
	}
}
