package tiffdir

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// entry is a directory entry; values longer than an entry's room follow the directory.
type entry struct {
	tag, typ uint16
	values   []uint64
}

// build makes a TIFF of one directory in the given order and form, with blocks of pixels bytes behind it.
func build(order binary.AppendByteOrder, big bool, entries []entry, pixels int) []byte {
	mark := map[bool]string{true: "MM", false: "II"}[order == binary.AppendByteOrder(binary.BigEndian)]
	b := []byte(mark)
	var room, pos int
	if big {
		b = order.AppendUint16(b, 43)
		b = order.AppendUint16(b, 8)
		b = order.AppendUint16(b, 0)
		b = order.AppendUint64(b, 16)
		b = order.AppendUint64(b, uint64(len(entries)))
		room, pos = 8, 24+20*len(entries)+8
	} else {
		b = order.AppendUint16(b, 42)
		b = order.AppendUint32(b, 8)
		b = order.AppendUint16(b, uint16(len(entries)))
		room, pos = 4, 10+12*len(entries)+4
	}
	number := func(b []byte, big bool, v uint64) []byte {
		if big {
			return order.AppendUint64(b, v)
		}
		return order.AppendUint32(b, uint32(v))
	}
	var tail []byte
	for _, e := range entries {
		b = order.AppendUint16(order.AppendUint16(b, e.tag), e.typ)
		b = number(b, big, uint64(len(e.values)))
		var v []byte
		for _, x := range e.values {
			switch e.typ {
			case 1:
				v = append(v, byte(x))
			case 3:
				v = order.AppendUint16(v, uint16(x))
			case 4:
				v = order.AppendUint32(v, uint32(x))
			default:
				v = order.AppendUint64(v, x)
			}
		}
		if len(v) > room {
			b = number(b, big, uint64(pos+len(tail)))
			tail = append(tail, v...)
		} else {
			b = append(append(b, v...), make([]byte, room-len(v))...)
		}
	}
	b = number(b, big, 0)
	return append(append(b, tail...), make([]byte, pixels)...)
}

// image is 70×60 pixels of two bands in tiles of 32×32: 3×2 tiles of 100 bytes at byte 1000.
func image(planar bool) []entry {
	n, config := 6, uint64(1)
	if planar {
		n, config = 12, 2
	}
	var offsets, counts []uint64
	for i := range n {
		offsets, counts = append(offsets, uint64(1000+100*i)), append(counts, 100)
	}
	return []entry{
		{256, 3, []uint64{70}}, {257, 3, []uint64{60}}, {258, 3, []uint64{16, 16}}, {259, 3, []uint64{8}}, {262, 3, []uint64{1}}, {277, 3, []uint64{2}},
		{284, 3, []uint64{config}}, {322, 3, []uint64{32}}, {323, 3, []uint64{32}}, {324, 4, offsets}, {325, 3, counts},
	}
}

func parse(data []byte) (*Dir, *Layout, error) {
	d, err := Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	l, err := d.Scan()
	return d, l, err
}

func TestForms(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, big := range []bool{false, true} {
			for _, planar := range []bool{false, true} {
				d, l, err := parse(build(order, big, image(planar), 3000))
				if err != nil {
					t.Fatal(order, big, err)
				}
				if d.Width != 70 || d.Height != 60 || d.Samples != 2 || d.Bits != 16 || d.Compression != 8 || d.Planar != planar || !d.Tiled ||
					d.BlockW != 32 || d.BlockH != 32 {
					t.Errorf("directory is %+v", d)
				}
				if l.NX != 3 || l.NY != 2 || l.MissingCount != 0 || l.Largest != 100 || l.Missing(2, 1) {
					t.Errorf("layout is %+v", l)
				}
			}
		}
	}
}

func TestMissing(t *testing.T) {
	entries := image(true)
	entries[9].values[4] = 0   // offset of band 1's tile in column 1, row 1
	entries[10].values[6] = 0  // size of band 2's first tile
	entries[10].values[10] = 0 // band 2's tile in column 1, row 1 again
	_, l, err := parse(build(binary.LittleEndian, false, entries, 3000))
	if err != nil {
		t.Fatal(err)
	}
	if l.MissingCount != 2 || !l.Missing(1, 1) || !l.Missing(0, 0) || l.Missing(1, 0) || l.Missing(0, 1) {
		t.Errorf("layout is %+v", l)
	}
}

func TestStrips(t *testing.T) {
	strips := []entry{{256, 3, []uint64{70}}, {257, 3, []uint64{60}}, {273, 4, []uint64{100}}, {279, 4, []uint64{50}}}
	d, l, err := parse(build(binary.LittleEndian, false, strips, 500))
	if err != nil {
		t.Fatal(err)
	}
	if d.Tiled || d.BlockW != 70 || d.BlockH != 60 || d.Samples != 1 || d.Bits != 1 || l.NX != 1 || l.NY != 1 {
		t.Errorf("directory is %+v, layout %+v", d, l)
	}
	if _, _, err := parse(build(binary.LittleEndian, false, strips[:3], 500)); err != nil {
		t.Errorf("without byte counts: %v", err)
	}
}

func TestDamaged(t *testing.T) {
	set := func(i int, v ...uint64) []entry {
		e := image(false)
		e[i].values = v
		return e
	}
	le := binary.LittleEndian
	for name, c := range map[string]struct {
		data []byte
		word string
	}{
		"no width":         {build(le, false, image(false)[1:], 3000), "0×60 pixels"},
		"no tile width":    {build(le, false, set(7, 0), 3000), "blocks of 0×32"},
		"few tiles":        {build(le, false, set(9, 1000, 1100), 3000), "too few"},
		"few sizes":        {build(le, false, set(10, 100), 3000), "sizes for 1"},
		"beyond the end":   {build(le, false, image(false), 200), "truncated: the block at column"},
		"no offsets":       {build(le, false, image(false)[:9], 3000), "unfinished"},
		"offsets of text":  {build(le, false, append(image(false)[:9], entry{324, 2, []uint64{1, 2, 3, 4, 5, 6}}), 3000), "type 2"},
		"absurd count":     {append([]byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"), bytes.Repeat([]byte{0xff}, 100)...), "entries"},
		"directory beyond": {[]byte("II*\x00\xff\xff\xff\x7f01234567"), "truncated: its directory"},
		"itself":           {append([]byte("II*\x00\x00\x00\x00\x00"), make([]byte, 30)...), ""},
		"absurd size": {build(le, false, append([]entry{{256, 4, []uint64{1<<32 - 1}}, {257, 4, []uint64{1<<32 - 1}}},
			image(false)[2:]...), 3000), "too few"},
	} {
		if _, _, err := parse(c.data); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "II", "hello, world, this is text", "II*", "MM*\x00 little in big"} {
		if _, _, err := parse([]byte(text)); !errors.Is(err, ErrNotTIFF) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzRead wants no panic, and what is accepted to be consistent, whatever the file holds.
func FuzzRead(f *testing.F) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, big := range []bool{false, true} {
			f.Add(build(order, big, image(big), 3000))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, l, err := parse(data)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("message of several lines: %q", err)
			}
			return
		}
		if d.Width == 0 || d.Height == 0 || d.BlockW == 0 || d.BlockH == 0 || d.Samples == 0 {
			t.Errorf("directory is %+v", d)
		}
		n := 0
		for by := range l.NY {
			for bx := range l.NX {
				if l.Missing(bx, by) {
					n++
				}
			}
		}
		if n != l.MissingCount || l.NX*l.NY > len(data) {
			t.Errorf("layout is %+v, %d missing", l, n)
		}
	})
}
