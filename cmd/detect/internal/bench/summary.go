package bench

import (
	"fmt"
	"math"
	"slices"
)

// Summary is the middle and the ends of some values, in their unit.
type Summary struct{ Median, Min, Max float64 }

// Summarise finds the median (the mean of the middle two of an even number), the least and the greatest of at least one value.
func Summarise(values []float64) Summary {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return Summary{Median: (v[(n-1)/2] + v[n/2]) / 2, Min: v[0], Max: v[n-1]}
}

// String is "1.23 (1.20–1.31)", to three digits.
func (s Summary) String() string {
	return fmt.Sprintf("%s (%s–%s)", digits(s.Median), digits(s.Min), digits(s.Max))
}

// digits writes a value to three significant digits, without an exponent.
func digits(v float64) string {
	decimals := 2
	if v != 0 {
		decimals = max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	}
	return fmt.Sprintf("%.*f", decimals, v)
}
