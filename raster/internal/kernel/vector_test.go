package kernel

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"unsafe"
)

// implementations are whether to use assembly: not, and when this machine can, so.
func implementations() []bool {
	if best() {
		return []bool{false, true}
	}
	return []bool{false}
}

// implName is a name for benchmarks.
func implName(assembly bool) string {
	if assembly {
		return "avx2"
	}
	return "go"
}

// use switches assembly on or off and returns how to switch back.
func use(a bool) (restore func()) {
	old := assembly
	assembly = a
	return func() { assembly = old }
}

// operands are what kernels work on: two outputs, the inputs, and a result.
type operands struct {
	dst    []float32
	mask   []uint8
	in8    [2][]uint8
	in16   []uint16
	signed []int16
	floats []float32
	at     int
}

var vectorKernels = []struct {
	name  string
	bytes int // read and written for each value; 0 not to be timed
	run   func(o *operands)
}{
	{"floats/type=uint8", 5, func(o *operands) { Floats(o.dst, o.in8[0]) }},
	{"floats/type=uint16", 6, func(o *operands) { Floats(o.dst, o.in16) }},
	{"floats/type=int16", 6, func(o *operands) { Floats(o.dst, o.signed) }},
	{"index16", 2, func(o *operands) { o.at = Index16(o.in16, 8) }},
	{"index16/found", 0, func(o *operands) { o.at = Index16(o.in16, 65535) }},
	{"indexfloat", 4, func(o *operands) { o.at = IndexFloat(o.floats, 999) }},
	{"indexfloat/found", 0, func(o *operands) { o.at = IndexFloat(o.floats, 87) }},
	{"indexfloat/zero", 0, func(o *operands) { o.at = IndexFloat(o.floats[len(o.floats)/3:], 0) }},
	{"indexfloat/nan", 0, func(o *operands) { o.at = IndexFloat(o.floats, float32(math.NaN())) }},
	{"indexnonfinite/found", 0, func(o *operands) { o.at = IndexNonFinite(o.floats) }},
	{"indexnonfinite", 4, func(o *operands) { o.at = IndexNonFinite(o.dst) }},
	{"clear8", 3, func(o *operands) { Clear8(o.mask, o.in8[0], 9) }},
	{"clear16", 4, func(o *operands) { Clear16(o.mask, o.in16, 65535) }},
	{"clearfloat", 6, func(o *operands) { ClearFloat(o.mask, o.floats, 0) }},
	{"clearnonfinite", 6, func(o *operands) { ClearNonFinite(o.mask, o.floats) }},
	{"and", 3, func(o *operands) { And(o.mask, o.in8[0], o.in8[1]) }},
}

// operate makes operands of n values, off values behind where they were allocated.
func operate(n, off int) *operands {
	size := off + n
	o := operands{dst: make([]float32, size+2), mask: make([]uint8, size+2), in16: make([]uint16, size), signed: make([]int16, size), floats: make([]float32, size)}
	for i := range size + 2 {
		o.dst[i], o.mask[i] = 42, uint8(i*7)
	}
	for k := range o.in8 {
		o.in8[k] = make([]uint8, size)
	}
	for i := range size {
		q := i + 3*n
		o.in8[0][i], o.in8[1][i], o.in16[i], o.signed[i], o.floats[i] = uint8(q*q), uint8(q*5), uint16(q*40502)|1, int16(q*40503), float32(q%91)-3
		if q%83 == 47 {
			o.in16[i] = 65535
			o.floats[i] = []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Copysign(0, -1))}[q/83%4]
		}
	}
	o.dst, o.mask = o.dst[off+1:size+1], o.mask[off+1:size+1]
	o.in8[0], o.in8[1], o.in16, o.signed, o.floats = o.in8[0][off:], o.in8[1][off:], o.in16[off:], o.signed[off:], o.floats[off:]
	return &o
}

// written are the bytes of what a kernel may have written, with what is beside that.
func (o *operands) written() []byte {
	n := len(o.dst)
	d := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(o.dst)), -4)), 4*n+8)
	m := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(o.mask)), -1)), n+2)
	return fmt.Append(bytes.Clone(append(bytes.Clone(d), m...)), o.at)
}

// TestVectors: every implementation gives the bytes of plain Go, for every length and offset, and writes nothing outside.
func TestVectors(t *testing.T) {
	if !best() {
		t.Log("this machine or this build has no assembly: plain Go is compared with itself")
	}
	for _, k := range vectorKernels {
		t.Run(k.name, func(t *testing.T) {
			for n := range 258 {
				for off := range 4 {
					var want []byte
					for _, r := range implementations() {
						restore := use(r)
						o := operate(n, off)
						k.run(o)
						restore()
						if got := o.written(); !r {
							want = got
						} else if !bytes.Equal(got, want) {
							t.Fatalf("%s, %d values from %d: %v %v at %d, unlike plain Go", implName(r), n, off, o.dst, o.mask, o.at)
						}
					}
				}
			}
		})
	}
}

// TestAllocations: kernels allocate nothing.
func TestAllocations(t *testing.T) {
	o := operate(100, 0)
	for _, k := range vectorKernels {
		if n := testing.AllocsPerRun(10, func() { k.run(o) }); n != 0 {
			t.Errorf("%s allocates %v times", k.name, n)
		}
	}
}

// BenchmarkKernels is about rows in the cache, as they are in a tile.
func BenchmarkKernels(b *testing.B) {
	const n = 1024
	for _, k := range vectorKernels {
		if k.bytes == 0 {
			continue
		}
		for _, r := range implementations() {
			b.Run(fmt.Sprintf("kernel=%s/impl=%s", k.name, implName(r)), func(b *testing.B) {
				defer use(r)()
				o := operate(n, 0)
				b.SetBytes(int64(k.bytes * n))
				for b.Loop() {
					k.run(o)
				}
			})
		}
	}
}
