package kernel

import (
	"bytes"
	"fmt"
	"math"
	"testing"
	"unsafe"
)

// implementations are the sizes of registers that this machine has assembly for, beside 0 for plain Go.
func implementations() []int {
	switch best() {
	case 64:
		return []int{0, 32, 64}
	case 32:
		return []int{0, 32}
	}
	return []int{0}
}

// implName is a name for benchmarks.
func implName(r int) string { return map[int]string{0: "go", 32: "avx2", 64: "avx512"}[r] }

// use switches to registers of so many bytes and returns how to switch back.
func use(r int) (restore func()) {
	old := register
	register = r
	return func() { register = old }
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
	bytes int // read and written for each value
	run   func(o *operands)
}{
	{"floats/type=uint8", 5, func(o *operands) { Floats(o.dst, o.in8[0]) }},
	{"floats/type=uint16", 6, func(o *operands) { Floats(o.dst, o.in16) }},
	{"floats/type=int16", 6, func(o *operands) { Floats(o.dst, o.signed) }},
	{"index16/found=no", 2, func(o *operands) { o.at = Index16(o.in16, 8) }},
	{"index16/found=yes", 2, func(o *operands) { o.at = Index16(o.in16, 65535) }},
	{"clear16", 4, func(o *operands) { Clear16(o.mask, o.in16, 65535) }},
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
	if best() == 0 {
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
						if got := o.written(); r == 0 {
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
