package tiffdir

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
)

// patched is a file in memory that counts the bytes written to it.
type patched struct {
	data    []byte
	written int
}

func (p *patched) WriteAt(b []byte, at int64) (int, error) {
	p.written += len(b)
	return copy(p.data[at:], b), nil
}

// scattered is a TIFF of 6 blocks whose content tells their index, in sizes 100, 101 and so on, stored in the order given from byte 1000 on.
func scattered(order binary.AppendByteOrder, big bool, stored []int) []byte {
	entries := image(false)
	at := uint64(1000)
	for _, i := range stored {
		entries[9].values[i], entries[10].values[i] = at, uint64(100+i)
		at += uint64(100 + i)
	}
	data := build(order, big, entries, 3000)
	for _, i := range stored {
		for k := range 100 + i {
			data[int(entries[9].values[i])+k] = byte(i + 1)
		}
	}
	return data
}

// TestArrange wants the file that was written in order from files that were written in any.
func TestArrange(t *testing.T) {
	inOrder := []int{0, 1, 2, 3, 4, 5}
	random := rand.New(rand.NewPCG(1, 2))
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, big := range []bool{false, true} {
			want := scattered(order, big, inOrder)
			for range 50 {
				stored := random.Perm(6)
				f := &patched{data: scattered(order, big, stored)}
				d, _, err := parse(f.data)
				if err != nil {
					t.Fatal(err)
				}
				if err := d.Arrange(f); err != nil || !bytes.Equal(f.data, want) {
					t.Fatalf("stored as %v: another file, %v", stored, err)
				}
			}
		}
	}
	// Blocks in their places stay: here two move, of 102 and 103 bytes, and six offsets of 4 bytes are written.
	for _, c := range []struct {
		stored  []int
		written int
	}{{inOrder, 0}, {[]int{0, 1, 3, 2, 4, 5}, 102 + 103 + 6*4}} {
		f := &patched{data: scattered(binary.LittleEndian, false, c.stored)}
		d, _, err := parse(f.data)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Arrange(f); err != nil || f.written != c.written {
			t.Errorf("stored as %v: %d bytes written, want %d; %v", c.stored, f.written, c.written, err)
		}
	}
}

// TestArrangeGap: blocks with something between them are refused, missing ones are left alone.
func TestArrangeGap(t *testing.T) {
	entries := image(false)
	entries[9].values[3] = 2000
	f := &patched{data: build(binary.LittleEndian, false, entries, 3000)}
	d, _, err := parse(f.data)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Arrange(f); err == nil || !strings.Contains(err.Error(), "one behind the other") {
		t.Errorf("error is %v", err)
	}
	entries = image(false)
	entries[9].values[5], entries[10].values[5] = 0, 0
	f = &patched{data: build(binary.LittleEndian, false, entries, 3000)}
	if d, _, err = parse(f.data); err != nil {
		t.Fatal(err)
	}
	if err := d.Arrange(f); err != nil || f.written != 0 {
		t.Errorf("%d bytes written, %v", f.written, err)
	}
}
