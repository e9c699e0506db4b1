package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// implementations are the sizes of registers that this machine has assembly for, beside 0 for plain Go.
func implementations() []int {
	switch best() {
	case 16:
		return []int{0, 8, 16}
	case 8:
		return []int{0, 8}
	}
	return []int{0}
}

// implName is a name for benchmarks.
func implName(l int) string { return map[int]string{0: "go", 8: "avx2", 16: "avx512"}[l] }

// use switches to registers of so many lanes and returns how to switch back.
func use(l int) (restore func()) {
	old := lanes
	lanes = l
	return func() { lanes = old }
}

// rowsOf are rows of a length that begin at different alignments.
func rowsOf(rows, n int, special bool) [][]float32 {
	r := make([][]float32, rows)
	for k := range r {
		r[k] = noise(n+k, special)[k:]
	}
	return r
}

// vectorKernels run a kernel on n values at an offset and return everything that it may have written, guards included. special says
// whether its inputs may be NaN, infinite or −0.
var vectorKernels = []struct {
	name    string
	special bool
	bytes   int // read and written for each value
	run     func(dst [][]float32, ints [][]int32, in [][]float32)
}{
	{"scale", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { Scale(d[0], in[0], -1.7) }},
	{"addscaled", true, 12, func(d [][]float32, _ [][]int32, in [][]float32) { AddScaled(d[0], in[0], -1.7) }},
	{"divide", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { Divide(d[0], 6.27981) }},
	{"clamp", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { copy(d[0], in[0]); Clamp(d[0], 2.5) }},
	{"sqrt", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { copy(d[0], in[0]); Sqrt(d[0]) }},
	{"ramp", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { AddRamp(d[0], 0.3, -0.017, 12345) }},
	{"square", true, 12, func(d [][]float32, _ [][]int32, in [][]float32) { AddSquare(d[0], in[0], 0.25, -1) }},
	{"linear/terms=1", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { Linear(d[0], in[:1], coefs[:1], 0.5) }},
	{"linear/terms=8", true, 36, func(d [][]float32, _ [][]int32, in [][]float32) { Linear(d[0], in[:8], coefs[:8], 0.5) }},
	{"squaredlinear/terms=2", true, 16, func(d [][]float32, _ [][]int32, in [][]float32) { AddSquaredLinear(d[0], in[:2], coefs[:2], 0.5, -1) }},
	{"squaredlinear/terms=8", true, 40, func(d [][]float32, _ [][]int32, in [][]float32) { AddSquaredLinear(d[0], in[:8], coefs[:8], 0.5, 1) }},
	{"multiplyabove", true, 12, func(d [][]float32, _ [][]int32, in [][]float32) { MultiplyAbove(d[0], in[0], 1e5, 0.05, false) }},
	{"setabove", true, 8, func(d [][]float32, _ [][]int32, in [][]float32) { MultiplyAbove(d[0], in[0], 1e5, 0.05, true) }},
	{"addpower", false, 12, func(d [][]float32, _ [][]int32, in [][]float32) { AddPower(d[0], positive(in[0]), 0.37, false) }},
	{"setpower", false, 8, func(d [][]float32, _ [][]int32, in [][]float32) { AddPower(d[0], positive(in[0]), 0.37, true) }},
	{"exp2", false, 8, func(d [][]float32, _ [][]int32, in [][]float32) { Scale(d[0], in[0], 7); Exp2(d[0]) }},
	{"sobel", true, 20, func(d [][]float32, _ [][]int32, in [][]float32) { Sobel(d[0], d[1], in[0], in[1], in[2]) }},
	{"edges", false, 20, func(_ [][]float32, i [][]int32, in [][]float32) { Edges(i[0], i[1], i[2], in[0], in[1]) }},
	{"census", false, 20, func(_ [][]float32, i [][]int32, in [][]float32) { Census(i[0], in[0], in[1], in[2], in[3], 0.3) }},
	{"addints", false, 12, func(_ [][]float32, i [][]int32, in [][]float32) { AddInts(i[0], i[1]) }},
	{"subtractints", false, 12, func(_ [][]float32, i [][]int32, in [][]float32) { SubtractInts(i[0], i[1]) }},
	{"moveedges", false, 152, func(_ [][]float32, i [][]int32, in [][]float32) {
		n := len(i[0])
		columns := make([][2][Directions]int32, n)
		var rows [2]EdgeRow
		for r := range rows {
			rows[r] = EdgeRow{make([]int32, n), make([]int32, n), make([]int32, n)}
			Edges(rows[r].Left, rows[r].Right, rows[r].Direction, in[2*r][:n], in[2*r+1][:n])
		}
		for pass := range 2 {
			MoveEdges(columns, pass, rows[pass], rows[1-pass])
		}
		for x, c := range columns {
			i[0][x], i[1][x], i[2][x] = c[0][x%8]*3+c[1][(x+5)%8], c[0][(x+1)%8]-c[1][x%8], c[0][(x+3)%8]^c[1][(x+2)%8]
		}
	}},
	{"directions/width=7", false, 72, func(_ [][]float32, i [][]int32, in [][]float32) {
		columns := make([][2][Directions]int32, len(i[0])+6)
		for x := range columns {
			for k := range 16 {
				columns[x][k/8][k%8] = int32((x*31+k*k*17)%1000) << 12
			}
		}
		DirectionSums(i[0], i[1], columns, 7)
	}},
}

func init() {
	for _, r := range []int{0, 1, 3, 6, 24} {
		taps := Gauss(max(float64(r)/3, 0.1))
		vectorKernels = append(vectorKernels, []struct {
			name    string
			special bool
			bytes   int
			run     func(dst [][]float32, ints [][]int32, in [][]float32)
		}{
			{fmt.Sprintf("row/radius=%d", r), true, 8, func(d [][]float32, _ [][]int32, in [][]float32) {
				long := slices.Concat(in[0], in[1])
				taps.Row(d[0], long[:len(d[0])+2*taps.Radius()])
			}},
			{fmt.Sprintf("column/radius=%d", r), true, 8 * (r + 1), func(d [][]float32, _ [][]int32, in [][]float32) { taps.Column(d[0], in[:2*taps.Radius()+1]) }},
		}...)
	}
}

var coefs = []float32{0.5, -2, 3.25, 1e-3, -0.7, 11, 0.1, -0.9}

// positive are values above 0 from very small to very large.
func positive(v []float32) []float32 {
	p := make([]float32, len(v))
	for i, x := range v {
		p[i] = exp2(4*x) * 1.1
	}
	return p
}

// TestVectors: every implementation gives the bits of plain Go, for every length and offset, and writes nothing outside.
func TestVectors(t *testing.T) {
	if best() == 0 {
		t.Log("this machine or this build has no assembly: plain Go is compared with itself")
	}
	for _, k := range vectorKernels {
		t.Run(k.name, func(t *testing.T) {
			rows := rowsOf(50, 330, k.special)
			in := make([][]float32, len(rows))
			for n := range 258 {
				for off := range 4 {
					for i, row := range rows {
						in[i] = row[off : off+n+60]
					}
					var want []uint32
					for _, l := range implementations() {
						got := runVector(l, k.run, n, off, in)
						if l == 0 {
							want = got
						} else if i := firstDifference(got, want); i >= 0 {
							t.Fatalf("%s, %d values from %d: word %d of %d is %#08x (%v), want %#08x (%v)", implName(l), n, off, i, len(want), got[i],
								math.Float32frombits(got[i]), want[i], math.Float32frombits(want[i]))
						}
					}
				}
			}
		})
	}
}

// runVector runs a kernel and returns the bits of its outputs with a guard on both sides of each.
func runVector(l int, run func([][]float32, [][]int32, [][]float32), n, off int, in [][]float32) []uint32 {
	defer use(l)()
	const outputs, guard = 3, 42
	floats, ints := make([][]float32, outputs), make([][]int32, outputs)
	var all [][]float32
	var allInts [][]int32
	for k := range outputs {
		f, i := noise(off+n+2, false), make([]int32, off+n+2)
		for q := range i {
			i[q] = int32(q*q*(k+3)) - 1000
		}
		f[off], f[off+n+1], i[off], i[off+n+1] = guard, guard, guard, guard
		all, allInts = append(all, f[off:]), append(allInts, i[off:])
		floats[k], ints[k] = f[off+1:off+1+n:off+1+n], i[off+1:off+1+n:off+1+n]
	}
	run(floats, ints, in)
	var bits []uint32
	for k := range outputs {
		for _, v := range all[k] {
			bits = append(bits, math.Float32bits(v))
		}
		for _, v := range allInts[k] {
			bits = append(bits, uint32(v))
		}
	}
	return bits
}

// firstDifference is the first word that differs, −1 for none; any NaN is the same as any other.
func firstDifference(a, b []uint32) int {
	nan := func(v uint32) bool { return v&0x7f800000 == 0x7f800000 && v&0x7fffff != 0 }
	for i := range a {
		if a[i] != b[i] && !(nan(a[i]) && nan(b[i])) {
			return i
		}
	}
	return -1
}

// TestEdges: gradients all around, with zeros of both signs, split so that left and right add up and point into the right direction.
func TestEdges(t *testing.T) {
	var gx, gy []float32
	for d := range 720 {
		a := float64(d) * math.Pi / 360
		gx, gy = append(gx, float32(3*math.Cos(a))), append(gy, float32(3*math.Sin(a)))
	}
	negative := float32(math.Copysign(0, -1))
	for _, x := range []float32{0, negative, 5, -5, 1e-30, 1e30} {
		for _, y := range []float32{0, negative, 5, -5, 1e-30, 1e30} {
			gx, gy = append(gx, x), append(gy, y)
		}
	}
	n := len(gx)
	for _, l := range implementations() {
		restore := use(l)
		left, right, direction := make([]int32, n), make([]int32, n), make([]int32, n)
		Edges(left, right, direction, gx, gy)
		restore()
		for i := range left {
			if m := Steps(gx[i], gy[i]); left[i]+right[i] != m || left[i] < 0 || right[i] < 0 {
				t.Fatalf("%s: gradient %v, %v of %d steps was split into %d and %d", implName(l), gx[i], gy[i], m, left[i], right[i])
			}
			if i >= 720 {
				continue
			}
			at := float64(direction[i]) + float64(right[i])/float64(left[i]+right[i])
			want := math.Mod(float64(i)/90*2, 8)
			if d := math.Abs(math.Remainder(at-want, 8)); d > 0.02 {
				t.Errorf("%s: gradient at %v° has direction %v, want %v", implName(l), float64(i)/2, at, want)
			}
		}
	}
}

func BenchmarkKernels(b *testing.B) {
	const n = 1024
	for _, k := range vectorKernels {
		for _, l := range implementations() {
			b.Run(fmt.Sprintf("kernel=%s/impl=%s", k.name, implName(l)), func(b *testing.B) {
				defer use(l)()
				dst, ints, in := rowsOf(3, n, false), [][]int32{make([]int32, n), make([]int32, n), make([]int32, n)}, rowsOf(50, n+60, false)
				b.SetBytes(int64(k.bytes * n))
				for b.Loop() {
					k.run(dst, ints, in)
				}
			})
		}
	}
}
