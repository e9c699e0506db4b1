package tilegen

// patchwork divides the land into fields: a turned and warped lattice of brick-laid plots, some split into strips, with roads
// between every few of them.
type patchwork struct {
	sub          int
	width, depth int // size of a plot, in units of 1/plotUnit cell
	road         int // half the width of a road, same unit
	everyU       int // a road after so many plots across and along; the rows of plots lie along u
	everyV       int
	furrows      int64
	crops        []cover
	plots        stream
}

// The lattice is turned by the angle of the 7-24-25 triangle, whose sine and cosine are fractions; plotUnit is the hypotenuse.
const (
	plotCos, plotSin, plotUnit = 24, 7, 25
)

// plot is a place in the patchwork.
type plot struct {
	cover   cover
	u, v    int // position along and across the rows, 1/plotUnit cell, without the brick shift
	road    bool
	known   bool
	i, j, k int // which plot the cover belongs to
	bits    uint64
}

func newPatchwork(s Spec) patchwork {
	unit := plotUnit * s.Subsample
	p := patchwork{
		sub: s.Subsample, width: 78 * unit, depth: 44 * unit, road: 3 * unit / 2, everyU: 3, everyV: 4, furrows: 45,
		crops: []cover{
			{counts: [4]int32{1000, 1300, 1700, 2250}, relief: 256, rough: 230}, // bare soil
			{counts: [4]int32{1250, 1600, 2050, 2600}, relief: 230, rough: 256}, // stubble
			{counts: [4]int32{620, 1000, 700, 3700}, relief: 200, rough: 200},   // green crop
			{counts: [4]int32{540, 850, 580, 3050}, relief: 220, rough: 220},    // older green crop
			{counts: [4]int32{760, 1750, 1550, 3500}, relief: 180, rough: 220},  // rape in flower
			{counts: [4]int32{720, 1150, 960, 2850}, relief: 256, rough: 280},   // meadow
		},
		plots: newStream(s.Seed, layerField),
	}
	if s.Land == Plain {
		p.width, p.depth, p.road, p.everyU, p.everyV, p.furrows = 210*unit, 120*unit, 3*unit/2, 4, 3, 12
	}
	return p
}

// find says where cell (x, y) lies, given the warp there in 1/256 counts, of which one stands for a pixel. at keeps the last
// plot, which is nearly always the next one too.
func (p *patchwork) find(x, y, warpX, warpY int, at *plot) {
	at.u = plotCos*x + plotSin*y + warpX*p.sub*plotUnit/256
	at.v = plotCos*y - plotSin*x + warpY*p.sub*plotUnit/256
	acrossRoad := floorMod(at.u+p.road, p.everyU*p.width)
	alongRoad := floorMod(at.v+p.road, p.everyV*p.depth)
	if at.road = acrossRoad < 2*p.road || alongRoad < 2*p.road; at.road {
		return
	}
	j := floorDiv(at.v, p.depth)
	brick := at.u + int(p.plots.at(j, -1)>>16%uint64(p.width))
	i := floorDiv(brick, p.width)
	if !at.known || i != at.i || j != at.j {
		at.bits, at.i, at.j, at.k, at.known = p.plots.at(i, j), i, j, -1, true
	}
	inU, inV := brick-i*p.width, at.v-j*p.depth
	strips := 1 + int(at.bits&3)
	k, row := inU*strips/p.width, inU
	if at.bits>>2&1 == 1 {
		k, row = inV*strips/p.depth, inV
	}
	if k != at.k {
		at.k = k
		p.sow(at)
	}
	at.cover.rows = p.furrow(row, at.bits)
}

// sow fills in the crop of a plot's strip.
func (p *patchwork) sow(at *plot) {
	bits := scramble(at.bits + uint64(at.k))
	at.cover = p.crops[bits%uint64(len(p.crops))]
	light := 900 + int32(bits>>16%200)
	for b := range at.cover.counts {
		at.cover.counts[b] = at.cover.counts[b]*light/1000 + int32(bits>>(24+8*b)%160) - 80
	}
}

// furrow is the brightness of the row texture, in counts: a triangle wave over 4 to 11 pixels.
func (p *patchwork) furrow(at int, bits uint64) int32 {
	period := (4 + int(bits>>8%8)) * p.sub * plotUnit
	t := 2*(at%period) - period
	if t < 0 {
		t = -t
	}
	return int32(p.furrows * int64(2*t-period) / int64(period))
}
