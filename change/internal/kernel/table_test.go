package kernel

import "fmt"

// vectorKernel is a kernel on values of operands. special says whether float32 among them may be NaN, infinite or −0.
type vectorKernel struct {
	name    string
	special bool
	bytes   int  // read and written for each value, Magnitude16's read; 0 not to be timed
	wide    bool // has a routine of its own for AVX-512
	prepare func(o *operands)
	run     func(o *operands)
}

var vectorKernels = []vectorKernel{
	{"scale", true, 8, false, nil, func(o *operands) { Scale(o.dst[0], o.in[0], -1.7) }},
	{"addscaled", true, 12, false, nil, func(o *operands) { AddScaled(o.dst[0], o.in[0], -1.7) }},
	{"divide", true, 8, false, nil, func(o *operands) { Divide(o.dst[0], 6.27981) }},
	{"clamp", true, 8, false, nil, func(o *operands) { Clamp(o.dst[0], 2.5) }},
	{"sqrt", true, 8, false, nil, func(o *operands) { Sqrt(o.dst[0]) }},
	{"ramp", true, 8, false, nil, func(o *operands) { AddRamp(o.dst[0], 0.3, -0.017, 12345) }},
	{"square", true, 12, false, nil, func(o *operands) { AddSquare(o.dst[0], o.in[0], 0.25, -1) }},
	{"linear/terms=1", true, 8, false, nil, func(o *operands) { Linear(o.dst[0], o.in[:1], coefs[:1], 0.5) }},
	{"linear/terms=8", true, 36, false, nil, func(o *operands) { Linear(o.dst[0], o.in[:8], coefs[:8], 0.5) }},
	{"squaredlinear/terms=2", true, 16, false, nil, func(o *operands) { AddSquaredLinear(o.dst[0], o.in[:2], coefs[:2], 0.5, -1) }},
	{"squaredlinear/terms=8", true, 40, false, nil, func(o *operands) { AddSquaredLinear(o.dst[0], o.in[:8], coefs[:8], 0.5, 1) }},
	{"multiplyabove", true, 12, false, nil, func(o *operands) { MultiplyAbove(o.dst[0], o.in[0], 1e5, 0.05, false) }},
	{"setabove", true, 8, false, nil, func(o *operands) { MultiplyAbove(o.dst[0], o.in[0], 1e5, 0.05, true) }},
	{"addpower", false, 12, true, positive, func(o *operands) { AddPower(o.dst[0], o.in[0], 0.37, false) }},
	{"setpower", false, 8, true, positive, func(o *operands) { AddPower(o.dst[0], o.in[0], 0.37, true) }},
	{"exp2", false, 8, true, func(o *operands) { Scale(o.dst[0], o.in[0], 7) }, func(o *operands) { Exp2(o.dst[0]) }},
	{"sobel", true, 20, false, nil, func(o *operands) { Sobel(o.dst[0], o.dst[1], o.in[0], o.in[1], o.in[2]) }},
	{"edges", false, 20, true, nil, func(o *operands) { Edges(o.ints[0], o.ints[1], o.ints[2], o.in[0], o.in[1]) }},
	{"census", false, 20, false, nil, func(o *operands) { Census(o.ints[0], o.in[0], o.in[1], o.in[2], o.in[3], 0.3) }},
	{"addints", false, 12, false, nil, func(o *operands) { AddInts(o.ints[0], o.ints[1]) }},
	{"subtractints", false, 12, false, nil, func(o *operands) { SubtractInts(o.ints[0], o.ints[1]) }},
	{"moveedges", false, 88, false, nil, func(o *operands) { MoveEdges(o.columns[:len(o.ints[0])], 1, o.edges[0], o.edges[1]) }},
	{"directions/width=7", false, 72, false, nil, func(o *operands) { DirectionSums(o.ints[0], o.ints[1], o.columns, columnsWidth) }},
	{"anyatleast", true, 4, false, nil, func(o *operands) { o.found = AnyAtLeast(o.in[0][:len(o.dst[0])], 1e6) }},
	{"anyatleast/found", true, 0, false, nil, func(o *operands) { o.found = AnyAtLeast(o.in[0][:len(o.dst[0])], 21) }},
	{"markatleast", true, 5, true, nil, func(o *operands) { o.found = MarkAtLeast(o.marks[0], o.in[0], 21) }},
	{"clearwhere", true, 9, false, nil, func(o *operands) { ClearWhere(o.dst[0], o.masks[0]) }},
	{"maskones", true, 5, false, nil, func(o *operands) { MaskOnes(o.dst[0], o.masks[0]) }},
	{"dividemasked", true, 13, true, nil, func(o *operands) { DivideMasked(o.dst[0], o.in[0], o.masks[0]) }},
	{"fixedpoint", true, 8, false, nil, func(o *operands) { FixedPoint(o.ints[0], o.in[0], 1.37, -0.6, 1<<18, 1<<12) }},
	{"share", true, 8, false, nil, func(o *operands) { Share(o.dst[0], o.ints[0], 49, CensusUnit) }},
	{"shareof", true, 12, false, nil, func(o *operands) { ShareOf(o.dst[0], o.ints[0], o.counts, CensusUnit) }},
	{"directionchange", true, 12, false, nil, func(o *operands) { DirectionChange(o.dst[0], o.ints[0], o.ints[1], 2345.678) }},
	{"directionchangeof", true, 16, false, nil, func(o *operands) { DirectionChangeOf(o.dst[0], o.ints[0], o.ints[1], o.counts, 2345.678) }},
}

func init() {
	for _, bands := range []int{1, 4, 11} {
		vectorKernels = append(vectorKernels, vectorKernel{fmt.Sprintf("magnitude16/bands=%d", bands), true, 4 * bands, bands == 4, nil, func(o *operands) {
			Magnitude16(o.dst[0], o.words[:bands], o.words[bands:2*bands], o.in[0][:bands], o.in[1], o.in[2])
		}})
	}
	for _, r := range []int{0, 1, 3, 6, 24} {
		taps := Gauss(max(float64(r)/3, 0.1))
		vectorKernels = append(vectorKernels,
			vectorKernel{fmt.Sprintf("row/radius=%d", r), true, 8, false, nil, func(o *operands) { taps.Row(o.dst[0], o.in[0][:len(o.dst[0])+2*r]) }},
			vectorKernel{fmt.Sprintf("column/radius=%d", r), true, 8 * (r + 1), false, nil, func(o *operands) { taps.Column(o.dst[0], o.in[:2*r+1]) }})
	}
}

var coefs = []float32{0.5, -2, 3.25, 1e-3, -0.7, 11, 0.1, -0.9}

// positive makes inputs values above 0 from very small to very large.
func positive(o *operands) {
	p := make([]float32, len(o.in[0]))
	for i, x := range o.in[0] {
		p[i] = exp2(4*x) * 1.1
	}
	o.in[0] = p
}
