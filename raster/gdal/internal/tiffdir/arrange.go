package tiffdir

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Arrange puts the blocks of d into the order of their indices, in the file that d was read from, for which f stands. They lie there one
// behind the other, as they do when each was appended once in whatever order. Blocks that are out of place move in groups as small as can
// be, of which one at a time is in memory. d is not used afterwards.
func (d *Dir) Arrange(f io.WriterAt) error {
	offsets, err := d.values(d.offsets)
	if err != nil {
		return err
	}
	sizes, err := d.values(d.counts)
	if err != nil {
		return err
	}
	if len(sizes) != len(offsets) {
		return fmt.Errorf("damaged: %d blocks with sizes for %d", len(offsets), len(sizes))
	}
	var blocks []int // those that are there, by index
	for i, n := range sizes {
		if n > 0 {
			blocks = append(blocks, i)
		}
	}
	place := slices.Clone(blocks) // by place in the file
	slices.SortFunc(place, func(a, b int) int { return cmp.Compare(offsets[a], offsets[b]) })
	rank := make([]int, len(sizes)) // place of each block
	for k, i := range place {
		rank[i] = k
		if k > 0 && offsets[i] != offsets[place[k-1]]+sizes[place[k-1]] {
			return errors.New("its blocks do not lie one behind the other")
		}
	}
	moved := false
	for from := 0; from < len(blocks); {
		to := from + 1
		for last := rank[blocks[from]]; to <= last; to++ {
			last = max(last, rank[blocks[to]])
		}
		if to > from+1 { // these blocks take these places, in another order
			if err := d.rewrite(f, offsets[place[from]], blocks[from:to], offsets, sizes); err != nil {
				return err
			}
			moved = true
		}
		from = to
	}
	if !moved {
		return nil
	}
	return d.store(f, offsets)
}

// rewrite stores blocks, which fill the file from byte start on, in the order given and updates their offsets.
func (d *Dir) rewrite(f io.WriterAt, start uint64, blocks []int, offsets, sizes []uint64) error {
	var n uint64
	for _, i := range blocks {
		n += sizes[i]
	}
	old, err := d.bytes(start, n)
	if err != nil {
		return err
	}
	arranged := make([]byte, 0, n)
	for _, i := range blocks {
		at := offsets[i] - start
		offsets[i] = start + uint64(len(arranged))
		arranged = append(arranged, old[at:at+sizes[i]]...)
	}
	_, err = f.WriteAt(arranged, int64(start))
	return err
}

// values are all values of a field.
func (d *Dir) values(f field) ([]uint64, error) {
	buf, err := d.bytes(uint64(f.pos), f.n*f.width())
	if err != nil {
		return nil, err
	}
	out := make([]uint64, f.n)
	for i := range out {
		var ok bool
		if out[i], ok = d.uint(buf[uint64(i)*f.width():], f.typ); !ok {
			return nil, fmt.Errorf("damaged: its blocks are located by values of type %d", f.typ)
		}
	}
	return out, nil
}

// store writes the offsets.
func (d *Dir) store(f io.WriterAt, offsets []uint64) error {
	var buf []byte
	for _, v := range offsets {
		switch d.offsets.width() {
		case 4:
			buf = append(buf, make([]byte, 4)...)
			d.order.PutUint32(buf[len(buf)-4:], uint32(v))
		case 8:
			buf = append(buf, make([]byte, 8)...)
			d.order.PutUint64(buf[len(buf)-8:], v)
		default:
			return fmt.Errorf("damaged: its blocks are located by values of type %d", d.offsets.typ)
		}
	}
	_, err := f.WriteAt(buf, d.offsets.pos)
	return err
}
