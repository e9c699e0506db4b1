package geo

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"passdiff/raster"
)

func TestDetID(t *testing.T) {
	grid := raster.Grid{CRS: "EPSG:32632", Affine: raster.Affine{5e5, 10, 0, 5.3e6, 0, -10}, Width: 1000, Height: 900}
	runs := []raster.Run{{Y: 4, X0: 2, X1: 9}, {Y: 5, X0: 2, X1: 4}}
	id := DetID(runs, grid, "a b")
	// The same bytes put together by hand.
	b := []byte("passdiff detection 1\n\x0a\x00\x00\x00\x00\x00\x00\x00EPSG:32632\x03\x00\x00\x00\x00\x00\x00\x00a b")
	for _, v := range []float64{5e5, 10, 0, 5.3e6, 0, -10} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	b = append(b, "\xe8\x03\x00\x00\x00\x00\x00\x00\x84\x03\x00\x00\x00\x00\x00\x00"...)
	b = append(b, "\x04\x00\x00\x00\x02\x00\x00\x00\x09\x00\x00\x00\x05\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00"...)
	sum := sha256.Sum256(b)
	if want := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:16]))[:26]; id != want {
		t.Errorf("%s, want %s", id, want)
	}
	cut := []raster.Run{{Y: 4, X0: 2, X1: 3}, {Y: 4, X0: 3, X1: 9}, {Y: 5, X0: 2, X1: 4}}
	if DetID(cut, grid, "a b") != id {
		t.Error("the id depends on how a row is cut")
	}
	other := grid
	other.Affine[0]++
	long := make([]raster.Run, 2000)
	for i := range long {
		long[i] = raster.Run{Y: int32(i), X0: 0, X1: 1}
	}
	seen := map[string]bool{id: true}
	for name, v := range map[string]string{
		"grid":  DetID(runs, other, "a b"),
		"pair":  DetID(runs, grid, "a c"),
		"pixel": DetID(runs[:1], grid, "a b"),
		"long":  DetID(long, grid, "a b"),
		"long2": DetID(long[:1999], grid, "a b"),
	} {
		if seen[v] || len(v) != 26 {
			t.Errorf("%s: %s", name, v)
		}
		seen[v] = true
	}
}
