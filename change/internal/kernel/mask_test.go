package kernel

import (
	"slices"
	"testing"
)

// TestMasked: by hand.
func TestMasked(t *testing.T) {
	mask := []uint8{255, 0, 1, 2}
	v, by, ones := []float32{6, 7, 8, 9}, []float32{2, 0, 4, 2}, make([]float32, 4)
	MaskOnes(ones, mask)
	if !slices.Equal(ones, []float32{1, 0, 1, 0}) {
		t.Errorf("ones %v", ones)
	}
	DivideMasked(v, by, mask)
	if !slices.Equal(v, []float32{3, 0, 2, 4.5}) {
		t.Errorf("quotients %v", v)
	}
	ClearWhere(v, []uint8{0, 255, 7, 0})
	if !slices.Equal(v, []float32{0, 0, 2, 0}) {
		t.Errorf("cleared %v", v)
	}
}

// TestRatios: by hand, 12/4/3, 12/6/2 and nothing of none; 6/(10 + 2) and 6/(10 + 2·1).
func TestRatios(t *testing.T) {
	var a, b [2]float32
	Share(a[:], []int32{12, -6}, 4, 3)
	ShareOf(b[:], []int32{12, 12}, []int32{6, 0}, 2)
	if a != [2]float32{1, -0.5} || b != [2]float32{1, 0} {
		t.Errorf("shares %v, %v", a, b)
	}
	DirectionChange(a[:], []int32{6, 0}, []int32{10, 0}, 2)
	DirectionChangeOf(b[:], []int32{6, 6}, []int32{10, 10}, []int32{1, 0}, 2)
	if a != [2]float32{0.5, 0} || b != [2]float32{0.5, 0} {
		t.Errorf("changes %v, %v", a, b)
	}
}

// TestAtLeast: a value at any place of a row is found; NaN is not.
func TestAtLeast(t *testing.T) {
	for n := range 150 {
		v, out := noise(n, true), make([]uint8, n)
		if AnyAtLeast(v[:min(n, 70)], 100) || MarkAtLeast(out[:min(n, 70)], v, 100) { // from 70 on there is an infinity
			t.Fatalf("found in %v", v)
		}
		for i := range v {
			old := v[i]
			v[i] = 100
			if !AnyAtLeast(v[:i+1], 100) || !MarkAtLeast(out[:i+1], v, 100) || out[i] != 1 {
				t.Fatalf("not found at %d", i)
			}
			v[i] = old
		}
	}
}
