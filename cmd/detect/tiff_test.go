package main

import (
	"encoding/binary"
	"math"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// TIFF files that GDAL's writer does not make, by TIFF 6.0 (tags, types) and GeoTIFF 1.1 (33922 tie points, 34735 keys). Little-endian.

// Types of TIFF entries.
const (
	tiffShort  = 3
	tiffLong   = 4
	tiffDouble = 12
)

type tiffEntry struct {
	tag, typ uint16
	values   []float64
}

func (e tiffEntry) bytes() []byte {
	var b []byte
	for _, v := range e.values {
		switch e.typ {
		case tiffShort:
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		case tiffLong:
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		case tiffDouble:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

// tiffFile is a TIFF of one directory whose pixels, stored once at its end, become the values of the entry at.
func tiffFile(entries []tiffEntry, at uint16, pixels []byte) []byte {
	le := binary.LittleEndian
	build := func(offset int) []byte {
		b := []byte("II*\x00\x08\x00\x00\x00")
		b = le.AppendUint16(b, uint16(len(entries)))
		var tail []byte
		tailAt := 8 + 2 + 12*len(entries) + 4
		for _, e := range entries {
			if e.tag == at {
				e.values = []float64{float64(offset)}
			}
			data := e.bytes()
			b = le.AppendUint16(b, e.tag)
			b = le.AppendUint16(b, e.typ)
			b = le.AppendUint32(b, uint32(len(e.values)))
			if len(data) <= 4 {
				b = append(b, append(data, 0, 0, 0, 0)[:4]...)
				continue
			}
			b = le.AppendUint32(b, uint32(tailAt+len(tail)))
			tail = append(tail, data...)
		}
		return append(append(b, 0, 0, 0, 0), tail...)
	}
	return append(build(len(build(0))), pixels...)
}

// cmdTiff writes a handmade TIFF.
//
//	tiff complex|gcps|bomb NAME
func cmdTiff(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tiff complex|gcps|bomb NAME")
	}
	const w, h = 40, 30
	var data []byte
	switch args[0] {
	case "complex": // pairs of float32
		data = tiffFile([]tiffEntry{
			{256, tiffLong, []float64{w}}, {257, tiffLong, []float64{h}}, {258, tiffShort, []float64{64}}, {259, tiffShort, []float64{1}},
			{262, tiffShort, []float64{1}}, {273, tiffLong, nil}, {277, tiffShort, []float64{1}}, {278, tiffLong, []float64{h}},
			{279, tiffLong, []float64{w * h * 8}}, {339, tiffShort, []float64{6}},
		}, 273, make([]byte, w*h*8))
	case "gcps": // the corners have coordinates of EPSG:32631, and that is all
		data = tiffFile([]tiffEntry{
			{256, tiffLong, []float64{w}}, {257, tiffLong, []float64{h}}, {258, tiffShort, []float64{8}}, {259, tiffShort, []float64{1}},
			{262, tiffShort, []float64{1}}, {273, tiffLong, nil}, {277, tiffShort, []float64{1}}, {278, tiffLong, []float64{h}},
			{279, tiffLong, []float64{w * h}},
			{33922, tiffDouble, []float64{
				0, 0, 0, 600000, 5700000, 0, w, 0, 0, 600390, 5700020, 0, w, h, 0, 600400, 5699710, 0, 0, h, 0, 600010, 5699700, 0,
			}},
			{34735, tiffShort, []float64{1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32631}},
		}, 273, make([]byte, w*h))
	case "bomb": // one deflated tile of 256 MiB in 200 kB: a ratio of 1342, deflate reaches 1032
		const side, stored = 16384, 200_000
		data = tiffFile([]tiffEntry{
			{256, tiffLong, []float64{side}}, {257, tiffLong, []float64{side}}, {258, tiffShort, []float64{8}}, {259, tiffShort, []float64{8}},
			{262, tiffShort, []float64{1}}, {277, tiffShort, []float64{1}}, {322, tiffLong, []float64{side}}, {323, tiffLong, []float64{side}},
			{324, tiffLong, nil}, {325, tiffLong, []float64{stored}},
		}, 324, make([]byte, stored))
	default:
		ts.Fatalf("tiff: no kind %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
}

// cmdHoles makes blocks of a file look as if they were never written: offset and length 0.
//
//	holes FILE BLOCK...
func cmdHoles(ts *testscript.TestScript, neg bool, args []string) {
	eachBlock(ts, neg, args, func(_, offset, length []byte) {
		clear(offset)
		clear(length)
	})
}

// cmdDamage spoils the first bytes of deflated blocks, the zlib header with its check bits, so that they cannot be decoded.
//
//	damage FILE BLOCK...
func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	eachBlock(ts, neg, args, func(data, offset, _ []byte) {
		at := data[binary.LittleEndian.Uint32(offset):]
		at[0], at[1] = 0xff, 0xff
	})
}

// eachBlock changes a classic little-endian TIFF of several blocks: f gets the file and the fields of each block named in args.
func eachBlock(ts *testscript.TestScript, neg bool, args []string, f func(data, offset, length []byte)) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: holes|damage FILE BLOCK...")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	offsets, lengths := blockFields(data)
	for _, arg := range args[1:] {
		n, err := strconv.Atoi(arg)
		ts.Check(err)
		if n >= len(offsets) || n >= len(lengths) {
			ts.Fatalf("%s: no block %d among %d", args[0], n, len(offsets))
		}
		f(data, offsets[n], lengths[n])
	}
	ts.Check(os.WriteFile(path, data, 0o666))
}

// blockFields finds the fields with the offsets and lengths of the blocks.
func blockFields(data []byte) (offsets, lengths [][]byte) {
	le := binary.LittleEndian
	if string(data[:4]) != "II*\x00" {
		return nil, nil
	}
	dir := data[le.Uint32(data[4:]):]
	fields := func(e []byte) (list [][]byte) {
		size, count := 4, int(le.Uint32(e[4:]))
		if le.Uint16(e[2:]) == tiffShort {
			size = 2
		}
		values := e[8:]
		if size*count > 4 {
			values = data[le.Uint32(e[8:]):]
		}
		for k := range count {
			list = append(list, values[k*size:(k+1)*size])
		}
		return list
	}
	for i := range int(le.Uint16(dir)) {
		e := dir[2+12*i:][:12]
		switch le.Uint16(e) {
		case 273, 324: // StripOffsets, TileOffsets
			offsets = fields(e)
		case 279, 325: // StripByteCounts, TileByteCounts
			lengths = fields(e)
		}
	}
	return offsets, lengths
}
