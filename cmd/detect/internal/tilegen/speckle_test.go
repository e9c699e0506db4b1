package tilegen

import (
	"math"
	"testing"
)

// TestSpeckle measures speckle over even ground. Intensity, the square of the amplitude, has the mean of the ground's. Its variance relative
// to that is that of a mean of 2·looks squares of bell: the sum of four uniforms has the kurtosis 3 − 1.2/4 = 2.7, so a square varies by
// 1.7, and the mean by 0.85/looks, where Gaussians would have 1/looks.
func TestSpeckle(t *testing.T) {
	const amplitude, n = 1000 * fixedOne, 1 << 16
	for _, looks := range []int{1, 5, 16} {
		row := make([]int32, n)
		for i := range row {
			row[i] = amplitude
		}
		speckle(row, newStream(1, layerSensor), looks, 0, 0)
		var mean, square float64
		for _, v := range row {
			intensity := math.Pow(float64(v)/amplitude, 2)
			mean += intensity / n
			square += intensity * intensity / n
		}
		// With one look, as good as exponential, the mean deviates by 1/√n = 0.004 and the variance by √(8/n) = 0.011; with more by less.
		if variance, want := square-mean*mean, 0.85/float64(looks); math.Abs(mean-1) > 0.02 || math.Abs(variance/want-1) > 0.04 {
			t.Errorf("%d looks: intensity has mean %.3f and variance %.4f, want 1 and %.4f", looks, mean, variance, want)
		}
	}
}
