package tilegen

// ground is the unchanging land under both passes: a function of the position alone. Positions are ground cells, of which sub
// make a pixel's side; cell (0, 0) is the upper left one of the before grid. Values are 1/256 counts. It is safe for concurrent
// use; each goroutine has its own groundRow.
type ground struct {
	land    Land
	sub     int
	bands   int
	texture int64
	relief  [2][]octave
	warp    [2][]octave
	wood    []octave
	town    []octave
	shore   []octave
	centre  [2]int
	mix     [2][]int64 // weight of the two reliefs in each band, 1/256
	fields  patchwork
	grain   stream
	roofs   stream
}

// groundRow is scratch space for a row of ground.
type groundRow struct {
	relief, warp      [2][]int32
	wood, town, shore []int32
}

func newGround(s Spec) *ground {
	g := &ground{
		land: s.Land, sub: s.Subsample, bands: s.Bands,
		texture: int64(fixed(s.Texture)) * int64(s.Subsample), // the mean over a pixel has the deviation asked for
		grain:   newStream(s.Seed, layerTexture),
		roofs:   newStream(s.Seed, layerTown+16),
		centre:  [2]int{s.Width / 2 * s.Subsample, s.Height / 2 * s.Subsample},
	}
	noise := func(layer int, pairs ...[2]int) []octave { return octaves(s.Seed, layer, s.Subsample, pairs...) }
	if s.Land == Plain {
		g.relief[0] = noise(layerRelief, [2]int{700, 150}, [2]int{180, 60})
		g.relief[1] = noise(layerRelief+16, [2]int{500, 120}, [2]int{140, 50})
		g.wood = noise(layerWood, [2]int{190, 100}, [2]int{60, 45}, [2]int{14, 25})
	} else {
		g.relief[0] = noise(layerRelief, [2]int{512, 120}, [2]int{128, 70}, [2]int{41, 50}, [2]int{13, 30}, [2]int{5, 18})
		g.relief[1] = noise(layerRelief+16, [2]int{384, 90}, [2]int{96, 60}, [2]int{31, 40}, [2]int{9, 25})
		g.wood = noise(layerWood, [2]int{130, 100}, [2]int{40, 55}, [2]int{11, 30})
	}
	g.town = noise(layerTown, [2]int{170, 100}, [2]int{60, 40})
	if s.Land == Coast {
		g.shore = noise(layerShore, [2]int{260, 420}, [2]int{90, 180}, [2]int{30, 70}, [2]int{10, 25}, [2]int{4, 10})
	}
	g.warp[0] = noise(layerWarp, [2]int{290, 30}, [2]int{80, 6})
	g.warp[1] = noise(layerWarp+16, [2]int{310, 30}, [2]int{70, 6})
	bits := newStream(s.Seed, layerRelief+32)
	for b := range s.Bands {
		g.mix[0] = append(g.mix[0], 120+int64(bits.at(b, 0)>>8%136))
		g.mix[1] = append(g.mix[1], 80+int64(bits.at(b, 1)>>8%136))
	}
	g.fields = newPatchwork(s)
	return g
}

func (r *groundRow) shape(n int) {
	for _, p := range []*[]int32{&r.relief[0], &r.relief[1], &r.warp[0], &r.warp[1], &r.wood, &r.town, &r.shore} {
		if cap(*p) < n {
			*p = make([]int32, n)
		}
		*p = (*p)[:n]
	}
}

// row writes cells x0.. of row y, one slice a band, all of the same length.
func (g *ground) row(x0, y int, out [][]int32, r *groundRow) {
	n := len(out[0])
	r.shape(n)
	for i := range 2 {
		fillRow(g.relief[i], r.relief[i], x0, y)
		fillRow(g.warp[i], r.warp[i], x0, y)
	}
	fillRow(g.wood, r.wood, x0, y)
	fillRow(g.town, r.town, x0, y)
	if g.land == Coast {
		fillRow(g.shore, r.shore, x0, y)
	}
	var at plot
	for k := range n {
		x := x0 + k
		cover := g.cover(x, y, k, r, &at)
		grain := g.grain.at(x, y)
		shared := bell(grain)
		rough := g.texture * int64(cover.rough) / 256
		for b := range out {
			own := bell(scramble(grain + uint64(b)))
			v := int64(cover.counts[b%4]) * 256
			v += (int64(r.relief[0][k])*g.mix[0][b] + int64(r.relief[1][k])*g.mix[1][b]) / 256 * int64(cover.relief) / 256
			v += int64(cover.rows) * g.mix[0][b]
			v += (shared*179 + own*183) / 256 * rough / bellUnit
			out[b][k] = int32(max(v, 256))
		}
	}
}

// cover is what lies at a place.
type cover struct {
	counts [4]int32 // blue, green, red, near infrared
	relief int32    // how much of the relief shows, 1/256
	rough  int32    // how much of the fixed texture shows, 1/256
	rows   int32    // brightness of the furrow, counts
}

// Brightness of blue, green, red and near infrared, in counts.
var (
	water    = cover{counts: [4]int32{620, 560, 380, 220}, relief: 20, rough: 100}
	shallows = cover{counts: [4]int32{900, 980, 700, 330}, relief: 30, rough: 120}
	sand     = cover{counts: [4]int32{1750, 2150, 2500, 2900}, relief: 90, rough: 200}
	wood     = cover{counts: [4]int32{430, 620, 460, 2500}, relief: 130, rough: 430}
	road     = cover{counts: [4]int32{1350, 1500, 1600, 1800}, relief: 60, rough: 150}
	shade    = cover{counts: [4]int32{450, 480, 450, 650}, relief: 20, rough: 150}
	yard     = cover{counts: [4]int32{950, 1250, 1150, 2200}, relief: 100, rough: 300}
	roofs    = [4]cover{
		{counts: [4]int32{1900, 2050, 2200, 2300}, relief: 40, rough: 150},
		{counts: [4]int32{1200, 1350, 2100, 2400}, relief: 40, rough: 150},
		{counts: [4]int32{2500, 2600, 2650, 2700}, relief: 40, rough: 150},
		{counts: [4]int32{1000, 1050, 1100, 1250}, relief: 40, rough: 150},
	}
)

// Thresholds of the noise that decides about woods, towns and the shore, in 1/256 counts.
const (
	woodLevel  = 105 * 256
	townLevel  = 120 * 256
	beachLevel = 60 * 256
	deepLevel  = -110 * 256
)

// cover decides what lies at cell (x, y), which is number k of the row. at carries what was found for the cell to the left.
func (g *ground) cover(x, y, k int, r *groundRow, at *plot) *cover {
	if g.land == Coast {
		// The sea lies to the lower right.
		h := r.shore[k] + int32((2*(g.centre[0]-x)+(g.centre[1]-y))*3*256/(2*g.sub))
		switch {
		case h < deepLevel:
			return &water
		case h < 0:
			return &shallows
		case h < beachLevel:
			return &sand
		}
	}
	g.fields.find(x, y, int(r.warp[0][k]), int(r.warp[1][k]), at)
	if at.road {
		return &road
	}
	if r.town[k] > townLevel {
		return g.house(at)
	}
	if r.wood[k] > woodLevel {
		return &wood
	}
	return &at.cover
}

// houseLot is the side of the square in which at most one house stands, in pixels.
const houseLot = 15

// house is what lies at a place in a town: houses on square lots along the roads, each with its shade on two sides.
func (g *ground) house(at *plot) *cover {
	unit := plotUnit * g.sub
	lot := houseLot * unit
	i, j := floorDiv(at.u, lot), floorDiv(at.v, lot)
	bits := g.roofs.at(i, j)
	if bits&3 == 0 {
		return &yard
	}
	// Position in the lot, then in the house, in cells.
	w, h := 4+int(bits>>8%7), 4+int(bits>>16%6)
	u := (at.u-i*lot)/unit - 2 - int(bits>>24%3)
	v := (at.v-j*lot)/unit - 2 - int(bits>>32%3)
	switch {
	case u >= 0 && v >= 0 && u < w && v < h:
		return &roofs[bits>>40&3]
	case u >= 0 && v >= 0 && u <= w && v <= h:
		return &shade
	}
	return &yard
}
