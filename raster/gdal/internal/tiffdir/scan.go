package tiffdir

import (
	"fmt"
	"io"
)

// Layout is where the blocks of the first image are, without the list itself.
type Layout struct {
	// NX and NY are the numbers of blocks across and down; bands of their own blocks (Dir.Planar) share them.
	NX, NY int
	// MissingCount is the number of block positions (of NX·NY) at which at least one band's block was never written.
	MissingCount int
	// Largest is the stored size in bytes of the largest block; 0 when the file does not say.
	Largest uint64

	missing []uint64 // one bit a position, row-major; nil when none is missing
}

// Missing reports whether the block in column bx and row by was never written.
func (l *Layout) Missing(bx, by int) bool {
	if l.missing == nil {
		return false
	}
	i := by*l.NX + bx
	return l.missing[i>>6]>>(i&63)&1 != 0
}

// chunk is the number of table entries that are read together.
const chunk = 1 << 13

// Scan reads the tables of offsets and byte counts. A block whose offset or byte count is 0 is missing. It returns an error when
// the tables are shorter than the image needs, or when a block ends beyond the file.
func (d *Dir) Scan() (*Layout, error) {
	nx := (uint64(d.Width) + uint64(d.BlockW) - 1) / uint64(d.BlockW)
	ny := (uint64(d.Height) + uint64(d.BlockH) - 1) / uint64(d.BlockH)
	planes := uint64(1)
	if d.Planar {
		planes = uint64(d.Samples)
	}
	positions := nx * ny // below 2^64: both are below 2^32
	if positions > d.offsets.n/planes {
		return nil, fmt.Errorf("damaged: its directory lists %d blocks, too few for %d×%d pixels of %d bands in blocks of %d×%d",
			d.offsets.n, d.Width, d.Height, d.Samples, d.BlockW, d.BlockH)
	}
	if d.counts.n != 0 && d.counts.n < positions*planes {
		return nil, fmt.Errorf("damaged: its directory has %d blocks, but sizes for %d", d.offsets.n, d.counts.n)
	}
	l := &Layout{NX: int(nx), NY: int(ny)}
	var offsets, counts table
	for i := range positions * planes {
		off, err := offsets.at(d, d.offsets, i)
		if err != nil {
			return nil, err
		}
		n := uint64(1) // old writers leave the counts out
		if d.counts.n != 0 {
			if n, err = counts.at(d, d.counts, i); err != nil {
				return nil, err
			}
			l.Largest = max(l.Largest, n)
		}
		switch {
		case off == 0 || n == 0:
			l.miss(i % positions)
		case off > uint64(d.size) || n > uint64(d.size)-off:
			at := i % positions
			return nil, fmt.Errorf("%w: the block at column %d row %d ends at byte %d, the file has %d", errTruncated,
				at%nx*uint64(d.BlockW), at/nx*uint64(d.BlockH), off+n, d.size)
		}
	}
	return l, nil
}

func (l *Layout) miss(i uint64) {
	if l.missing == nil {
		l.missing = make([]uint64, (l.NX*l.NY+63)/64)
	}
	if bit := uint64(1) << (i & 63); l.missing[i>>6]&bit == 0 {
		l.missing[i>>6] |= bit
		l.MissingCount++
	}
}

// table reads a long field in chunks.
type table struct {
	buf         []byte
	first, held uint64
}

// at is value i of f; i must not fall from call to call by more than a chunk.
func (t *table) at(d *Dir, f field, i uint64) (uint64, error) {
	w := f.width()
	if i < t.first || i >= t.first+t.held {
		t.first, t.held = i, min(chunk, f.n-i)
		if t.buf == nil {
			t.buf = make([]byte, t.held*w)
		}
		if _, err := d.r.ReadAt(t.buf[:t.held*w], f.pos+int64(i*w)); err != nil && err != io.EOF {
			return 0, err
		}
	}
	v, ok := d.uint(t.buf[(i-t.first)*w:], f.typ)
	if !ok {
		return 0, fmt.Errorf("damaged: its list of blocks has values of type %d", f.typ)
	}
	return v, nil
}
