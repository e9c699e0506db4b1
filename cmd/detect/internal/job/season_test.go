package job

import (
	"testing"
	"time"
)

// TestDaysApart: the shorter way round the year, by hand.
func TestDaysApart(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"2024-01-05", "2023-12-26", 10}, {"2020-06-01", "2024-06-01", 0}, {"2023-01-01", "2023-07-02", 182}, {"2023-03-01", "2023-05-01", 61},
		{"2024-12-31", "2023-01-01", 0}, // days 366 and 1
	} {
		a, _ := time.Parse(time.DateOnly, c.a)
		b, _ := time.Parse(time.DateOnly, c.b)
		if got := daysApart(a, b); got != c.want || daysApart(b, a) != c.want {
			t.Errorf("%s and %s are %d days apart, want %d", c.a, c.b, got, c.want)
		}
	}
}
