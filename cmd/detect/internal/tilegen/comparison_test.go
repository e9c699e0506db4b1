package tilegen

import "testing"

// TestCompare: drawn by hand. Truth has two objects, the mask finds one of them and one thing that is not there; diagonal pixels do not
// join, and neither do the end of a row and the start of the next.
func TestCompare(t *testing.T) {
	mask := []uint8{
		1, 0, 0, 1,
		1, 0, 0, 255,
		0, 1, 0, 0,
	}
	truth := []uint8{
		1, 0, 0, 0,
		0, 0, 0, 1,
		0, 0, 0, 1,
	}
	want := Comparison{Objects: 2, Found: 1, Candidates: 3, Real: 1, Hit: 1, Missed: 1, False: 3}
	if got := Compare(mask, truth, 4); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
