package change

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"passdiff/raster"
)

// surveyed examines two scenes of one band.
func surveyed(t *testing.T, before, after *raster.Memory, told Told) *Survey {
	t.Helper()
	p, err := raster.Align(before, after, raster.AlignOptions{Pixels: true})
	if err != nil {
		t.Fatal(err)
	}
	s, err := raster.ReadSample(context.Background(), p, raster.SampleOptions{Halo: SurveyHalo, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	v, err := Examine(s, before.Info().Bands, told)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// noisy is a ramp that bends nowhere, so that the Laplacian sees noise alone, with normal noise of that standard deviation.
func noisy(seed uint64, sigma, gain, offset float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float64, 200*150)
	for i := range v {
		x, y := i%200, i/200
		v[i] = offset + gain*(1000+3*float64(x)+2*float64(y)+sigma*r.NormFloat64())
	}
	return v
}

// TestSurveyNoise: noise of known strength on a plane is found to 3 %, the line between the passes too, with values far from zero, which are
// read with an offset.
func TestSurveyNoise(t *testing.T) {
	for _, far := range []float64{0, 1e9} {
		v := surveyed(t, raster.NewMemory("b", 200, 150, 1, noisy(1, 5, 1, far)), raster.NewMemory("a", 200, 150, 1, noisy(2, 5, 2, 100)), Told{})
		b := v.Bands[0]
		if math.Abs(b.Before.Noise/5-1) > 0.03 || math.Abs(b.After.Noise/10-1) > 0.03 {
			t.Errorf("far %g: noise %g and %g, want 5 and 10", far, b.Before.Noise, b.After.Noise)
		}
		if b.Line == nil || math.Abs(b.Line.Gain-2) > 0.02 {
			t.Fatalf("far %g: line %+v, want gain 2", far, b.Line)
		}
		if y := b.Line.Offset + b.Line.Gain*b.Before.Median; math.Abs(y-b.After.Median) > 10 {
			t.Errorf("far %g: the line takes the median %g to %g, want %g", far, b.Before.Median, y, b.After.Median)
		}
		if math.Abs(b.Before.Median-far-1448) > 30 { // 1000 + 3·99.5 + 2·74.5
			t.Errorf("far %g: median %g", far, b.Before.Median)
		}
	}
}

// TestSurveyExtremes: shares at the ends of the range are counted, constants and equal passes are told.
func TestSurveyExtremes(t *testing.T) {
	data := make([]uint8, 100*100)
	for i := range data {
		data[i] = uint8(10 + i%100)
		if i < 2500 {
			data[i] = 0
		} else if i >= 9900 {
			data[i] = 255
		}
	}
	v := surveyed(t, raster.NewMemory("b", 100, 100, 1, data), raster.NewMemory("a", 100, 100, 1, make([]uint8, 100*100)), Told{Kind: VHR})
	b, a := v.Bands[0].Before, v.Bands[0].After
	if b.Low != 0 || b.High != 255 || b.AtLow != 0.25 || math.Abs(b.AtHigh-0.01) > 1e-9 || math.Abs(b.PastHigh-0.0074) > 1e-9 || b.Constant {
		t.Errorf("before: %+v", b)
	}
	if !a.Constant || a.AtLow != 1 || v.Bands[0].Line != nil || v.Correlation != 0 {
		t.Errorf("after: %+v, line %v, correlation %v", a, v.Bands[0].Line, v.Correlation)
	}
	same := surveyed(t, raster.NewMemory("b", 100, 100, 1, data), raster.NewMemory("a", 100, 100, 1, data), Told{})
	if !same.Same || same.Bands[0].Line != nil || same.Correlation < 0.999 {
		t.Errorf("a pass against itself: %+v", same)
	}
}

// TestSurveyNothing: a pair in which nothing is measured has a kind and nothing else.
func TestSurveyNothing(t *testing.T) {
	m := raster.NewMemory("b", 50, 50, 1, make([]uint8, 2500))
	m.Pixels.Valid = make([]uint8, 2500)
	v := surveyed(t, m, raster.NewMemory("a", 50, 50, 1, make([]uint8, 2500)), Told{})
	if len(v.Bands) != 0 || v.Kind == "" {
		t.Errorf("%+v", v)
	}
}
