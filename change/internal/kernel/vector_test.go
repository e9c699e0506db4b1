package kernel

import (
	"math"
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

// TestVectors: every implementation gives the bits of plain Go, for every length and offset, and writes nothing outside.
func TestVectors(t *testing.T) {
	if testing.Short() {
		t.Skip("computes for long, one after the other; not with -short")
	}
	if best() == 0 {
		t.Log("this machine or this build has no assembly: plain Go is compared with itself")
	}
	for _, k := range vectorKernels {
		t.Run(k.name, func(t *testing.T) {
			in := input(300, k.special)
			for n := range 258 {
				for off := range 4 {
					var want []uint32
					for _, l := range implementations() {
						got := k.result(l, n, off, in)
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

// result runs a kernel and returns the bits of what it may have written, guards included.
func (k *vectorKernel) result(l, n, off int, in inputs) []uint32 {
	defer use(l)()
	o := operate(n, off, k.special, in)
	if k.prepare != nil {
		k.prepare(o)
	}
	k.run(o)
	return o.bits()
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

// TestAllocations: kernels allocate nothing.
func TestAllocations(t *testing.T) {
	for _, k := range vectorKernels {
		o := operate(100, 0, k.special, input(100, k.special))
		if k.prepare != nil {
			k.prepare(o)
		}
		if n := testing.AllocsPerRun(10, func() { k.run(o) }); n != 0 {
			t.Errorf("%s allocates %v times", k.name, n)
		}
	}
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
