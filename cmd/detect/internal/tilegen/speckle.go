package tilegen

import "math"

// speckle multiplies a row of amplitudes, columns x0.. of row y, by the root of a mean of intensities of speckle, one a look and of mean 1:
// the sum of the squares of two Gaussians, the parts of a complex amplitude (Goodman 1976, doi:10.1364/JOSA.66.001145).
func speckle(row []int32, s stream, looks, x0, y int) {
	for x, v := range row {
		h := s.at(x0+x, y)
		var sum int64
		for range 2 * looks {
			h = scramble(h)
			part := bell(h)
			sum += part * part
		}
		row[x] = int32(float64(v) * math.Sqrt(float64(sum)/float64(2*looks)) / bellUnit)
	}
}
