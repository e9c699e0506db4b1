package change

import (
	"math"
	"math/rand/v2"
	"testing"

	"passdiff/change/register"
	"passdiff/raster"
)

// edgePair is one band of two passes: smooth blobs that both see, in after moved by dx columns, and at (150, 40) a square that only after has.
func edgePair(dx float64) *raster.Pair {
	const side = 200
	ground := func(x, y float64) float64 {
		return 3000 + 900*math.Tanh(6*math.Sin(x/11)*math.Cos(y/13))
	}
	r := rand.New(rand.NewPCG(5, 6))
	var passes [2]scene
	for p := range passes {
		s := scene{side, side, 1, make([]uint16, side*side), make([]uint8, side*side)}
		for i := range s.data {
			x, y := float64(i%side), float64(i/side)
			v := ground(x-float64(p)*dx, y) + 15*r.NormFloat64()
			if p == 1 && x >= 150 && x < 162 && y >= 40 && y < 52 {
				v += 2500
			}
			s.data[i], s.valid[i] = uint16(v), 255
		}
		passes[p] = s
	}
	return passes[0].with(passes[1])
}

// TestExcess: a shift of 1.5 pixels leaves residuals at edges, which count no more when the shift is known, whereas an object that only one
// pass has keeps its evidence.
func TestExcess(t *testing.T) {
	p := edgePair(1.5)
	lattice := &register.Lattice{Windows: []register.Window{{X: 100, Y: 100, Size: 128, Vector: register.Vector{DX: 1.5}, SD: 0.05, Used: true}}}
	at := func(l *register.Lattice) (edges, object float32) {
		m := fit(t, p, FitOptions{Method: Auto{}, Told: Told{Kind: Multispectral}, Residual: l})
		if _, is := m.Evidence.(*excess); is != (l != nil) {
			t.Fatalf("evidence is %T", m.Evidence)
		}
		own := *m
		own.Scorer = m.Evidence
		for i, v := range plane(t, p, &own, 512) {
			if x, y := i%200, i/200; x >= 140 && x < 172 && y >= 30 && y < 62 {
				object = max(object, v)
			} else if x >= 8 && x < 192 && y >= 8 && y < 192 { // at the border averages lean inwards
				edges = max(edges, v)
			}
		}
		return edges, object
	}
	edges, object := at(nil)
	if edges < opticalGate || object < opticalGate {
		t.Fatalf("the pair says nothing: evidence %v at edges, %v in the object", edges, object)
	}
	less, same := at(lattice)
	if less >= opticalGate/2 {
		t.Errorf("evidence at edges is %v, was %v; want less than half the gate %v", less, edges, opticalGate)
	}
	if same < 0.95*object {
		t.Errorf("evidence in the object is %v, was %v", same, object)
	}
}

// TestExcessOfSmallShifts: what is left after registration explains nothing.
func TestExcessOfSmallShifts(t *testing.T) {
	l := &register.Lattice{Windows: []register.Window{{Size: 64, Vector: register.Vector{DX: 0.15, DY: -0.1}, SD: 0.05, Used: true}, {Size: 64, Vector: register.Vector{DX: 9}}}}
	if p := placesOf(l); p != nil {
		t.Errorf("places %v", p)
	}
	if placesOf(nil) != nil {
		t.Error("places of nothing")
	}
}
