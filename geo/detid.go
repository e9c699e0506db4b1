package geo

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"

	"passdiff/raster"
)

var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// DetID is the stable id of a detection: 26 characters a–z and 2–7 that stand for the first 128 bits of a SHA-256 over the grid, the
// pass pair and the region's pixels. Runs are sorted by (Y, X0); how a row's pixels are cut into touching runs does not matter.
// pairKey names the pass pair; any string will do.
func DetID(runs []raster.Run, grid raster.Grid, pairKey string) string {
	le := binary.LittleEndian
	b := make([]byte, 0, 4096)
	b = append(b, "passdiff detection 1\n"...)
	for _, s := range [2]string{grid.CRS, pairKey} {
		b = le.AppendUint64(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, v := range grid.Affine {
		b = le.AppendUint64(b, math.Float64bits(v+0)) // −0 is 0
	}
	b = le.AppendUint64(b, uint64(grid.Width))
	b = le.AppendUint64(b, uint64(grid.Height))
	h := sha256.New()
	for i := 0; i < len(runs); {
		r := runs[i]
		for i++; i < len(runs) && runs[i].Y == r.Y && runs[i].X0 == r.X1; i++ {
			r.X1 = runs[i].X1
		}
		b = le.AppendUint32(b, uint32(r.Y))
		b = le.AppendUint32(b, uint32(r.X0))
		b = le.AppendUint32(b, uint32(r.X1))
		if len(b) > 4000 {
			h.Write(b)
			b = b[:0]
		}
	}
	h.Write(b)
	return idEncoding.EncodeToString(h.Sum(nil)[:16])
}
