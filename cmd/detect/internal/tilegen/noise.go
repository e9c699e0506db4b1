package tilegen

// stream is one layer of random numbers: a value for every position, from a hash of the seed, the layer and the position.
type stream uint64

// Layers of randomness. Each owns the numbers base, base+1, … up to the next.
const (
	layerRelief  = 0x100
	layerWarp    = 0x200
	layerField   = 0x300
	layerWood    = 0x400
	layerTown    = 0x500
	layerTexture = 0x600
	layerShore   = 0x700
	layerHaze    = 0x800
	layerCloud   = 0x900
	layerObject  = 0xa00
	layerSensor  = 0xb00
)

func newStream(seed uint64, layer int) stream {
	return stream(scramble(scramble(seed) + uint64(layer)))
}

// scramble is the output function of the splitmix64 generator (Steele, Lea and Flood 2014, doi:10.1145/2714064.2660195).
func scramble(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// at is the 64 random bits of a position; any integers will do.
func (s stream) at(x, y int) uint64 {
	return scramble(uint64(s) + uint64(x)*0xd6e8feb86659fd93 + uint64(y)*0xa0761d6478bd642f)
}

// bellUnit is the standard deviation of bell: four uniforms of 16 bits have the variance 4·(2³²−1)/12.
const bellUnit = 37837

// bell turns 64 random bits into a number of mean 0 and standard deviation bellUnit, bounded by ±131070: the centred sum of four
// uniforms, which is close to a Gaussian out to three standard deviations.
func bell(h uint64) int64 {
	return int64(h&0xffff+h>>16&0xffff+h>>32&0xffff+h>>48) - 131070
}

// dice deals a sequence of random numbers.
type dice struct {
	s stream
	n int
}

func (d *dice) bits() uint64 {
	d.n++
	return d.s.at(d.n, 0)
}

// below is uniform in 0..n−1 (n up to 2³¹, where the bias of the remainder no longer matters).
func (d *dice) below(n int) int { return int(d.bits() >> 16 % uint64(n)) }

// between is uniform in lo..hi, both included.
func (d *dice) between(lo, hi int) int { return lo + d.below(hi-lo+1) }

// octave is value noise: random numbers on a lattice with smooth interpolation between.
type octave struct {
	s    stream
	cell int   // lattice spacing in ground cells
	amp  int64 // standard deviation on the lattice, in units of the caller
	ease []int64
}

// easeOne is 1 in the fixed point of interpolation weights.
const easeOne = 1 << 12

// newOctave makes an octave of a lattice spacing of cell.
func newOctave(s stream, cell int, amp int32) octave {
	o := octave{s: s, cell: max(1, cell), amp: int64(amp)}
	o.ease = make([]int64, o.cell)
	for i := range o.ease {
		t := int64(i) * easeOne / int64(o.cell)
		o.ease[i] = t * t * (3*easeOne - 2*t) / (easeOne * easeOne)
	}
	return o
}

// octaves makes noise from pairs of lattice spacing (pixels) and amplitude (counts), for a ground of sub cells a pixel.
func octaves(seed uint64, layer, sub int, pairs ...[2]int) []octave {
	var os []octave
	for i, p := range pairs {
		os = append(os, newOctave(newStream(seed, layer+i), p[0]*sub, int32(p[1]*256)))
	}
	return os
}

// node is the noise at lattice column i between the lattice rows around y.
func (o *octave) node(i, j int, wy int64) int64 {
	a, b := bell(o.s.at(i, j)), bell(o.s.at(i, j+1))
	return (a + (b-a)*wy/easeOne) * o.amp / bellUnit
}

// addRow adds the noise of row y, columns x0.., to dst.
func (o *octave) addRow(dst []int32, x0, y int) {
	j := floorDiv(y, o.cell)
	wy := o.ease[y-j*o.cell]
	i := floorDiv(x0, o.cell)
	at := x0 - i*o.cell
	a, b := o.node(i, j, wy), o.node(i+1, j, wy)
	for k := range dst {
		dst[k] += int32(a + (b-a)*o.ease[at]/easeOne)
		if at++; at == o.cell {
			at, i = 0, i+1
			a, b = b, o.node(i+1, j, wy)
		}
	}
}

// fillRow sets dst to the sum of the octaves.
func fillRow(os []octave, dst []int32, x0, y int) {
	clear(dst)
	for i := range os {
		os[i].addRow(dst, x0, y)
	}
}

// floorDiv is a/b rounded down, for b > 0.
func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floorMod is a − b·floorDiv(a, b), in 0..b−1.
func floorMod(a, b int) int { return a - b*floorDiv(a, b) }
