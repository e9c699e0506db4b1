// Package tiffdir reads the directories of a TIFF file: just enough to know where each block of pixels is stored, and so
// which blocks are missing or cut off, before a decoder is asked to read them. It knows classic TIFF and BigTIFF in both byte
// orders, decodes no pixels and is pure Go.
//
// It is written for hostile files: every position is checked against the file's size, work and memory are bounded by it, and
// directories after the first are followed only one at a time, by Next.
package tiffdir

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Tags of TIFF 6.0, BigTIFF and GeoTIFF that are read.
const (
	tagWidth           = 256
	tagHeight          = 257
	tagBits            = 258
	tagCompression     = 259
	tagPhotometric     = 262
	tagStripOffsets    = 273
	tagSamples         = 277
	tagRowsPerStrip    = 278
	tagStripByteCounts = 279
	tagPlanar          = 284
	tagTileWidth       = 322
	tagTileHeight      = 323
	tagTileOffsets     = 324
	tagTileByteCounts  = 325
	tagPixelScale      = 33550
	tagTiePoints       = 33922
	tagMatrix          = 34264
	tagRPC             = 50844
)

// PhotometricPalette is the value of Dir.Photometric of files that store indices into a colour table.
const PhotometricPalette = 3

// ErrNotTIFF is returned for files that do not begin like a TIFF.
var ErrNotTIFF = errors.New("not a TIFF")

// errTruncated marks directories that point beyond the end of the file.
var errTruncated = errors.New("truncated")

// Dir is a directory of a TIFF. It keeps its reader for Scan, and is safe for concurrent use when the reader is.
type Dir struct {
	// Width and Height are in pixels, at least 1.
	Width, Height uint32
	// Samples is the number of bands including alpha, Bits the number of bits of the first one's values.
	Samples, Bits uint16
	// Compression and Photometric are the codes of TIFF 6.0.
	Compression, Photometric uint16
	// Tiled says tiles or strips; Planar says that each band has blocks of its own.
	Tiled, Planar bool
	// BlockW and BlockH are the size of a tile, or of a strip, in pixels, at least 1.
	BlockW, BlockH uint32
	// TiePoints is the number of tie points (image position, ground position); several of them without HasTransform are ground
	// control points.
	TiePoints uint64
	// HasTransform says that a pixel scale or a matrix, thus a geotransform, is present; HasRPC that rational polynomials are.
	HasTransform, HasRPC bool

	r               io.ReaderAt
	size            int64
	order           binary.ByteOrder
	offsets, counts field
	big             bool
	next            uint64 // where the position of the next directory stands
}

// field is one entry of a directory whose n values of one type begin at byte pos of the file.
type field struct {
	typ uint16
	n   uint64
	pos int64
}

// sizes of the types that are read as unsigned integers or skipped over; 0 is an unknown type.
var sizes = [...]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

func (f field) width() uint64 {
	if int(f.typ) >= len(sizes) {
		return 0
	}
	return sizes[f.typ]
}

// Is reports whether head, the first bytes of a file (4 suffice), begins a TIFF.
func Is(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	switch string(head[:4]) {
	case "II*\x00", "MM\x00*", "II+\x00", "MM\x00+":
		return true
	}
	return false
}

// Read reads the first directory of the file r of size bytes. Errors say what is wrong with the file but not its name.
func Read(r io.ReaderAt, size int64) (*Dir, error) {
	d := &Dir{r: r, size: size, Samples: 1, Bits: 1, Compression: 1}
	head := make([]byte, min(16, max(size, 0)))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	if !Is(head) {
		return nil, ErrNotTIFF
	}
	if len(head) < 16 {
		return nil, fmt.Errorf("%w: a header alone of %d bytes", errTruncated, size)
	}
	d.order = binary.LittleEndian
	if head[0] == 'M' {
		d.order = binary.BigEndian
	}
	big := d.order.Uint16(head[2:]) == 43
	first := uint64(d.order.Uint32(head[4:]))
	if big {
		if d.order.Uint16(head[4:]) != 8 || d.order.Uint16(head[6:]) != 0 {
			return nil, errors.New("damaged: its BigTIFF header is not of the known form")
		}
		first = d.order.Uint64(head[8:])
	}
	d.big = big
	if err := d.read(first); err != nil {
		return nil, err
	}
	return d, nil
}

// Next reads the directory after d, as of an overview; nil after the last one. Whoever follows directories bounds their number.
func (d *Dir) Next() (*Dir, error) {
	n := uint64(4)
	if d.big {
		n = 8
	}
	b, err := d.bytes(d.next, n)
	if err != nil {
		return nil, err
	}
	pos := uint64(0)
	if d.big {
		pos = d.order.Uint64(b)
	} else {
		pos = uint64(d.order.Uint32(b))
	}
	if pos == 0 {
		return nil, nil
	}
	next := &Dir{r: d.r, size: d.size, order: d.order, big: d.big, Samples: 1, Bits: 1, Compression: 1}
	if err := next.read(pos); err != nil {
		return nil, err
	}
	return next, nil
}

// read fills d from the directory at byte pos.
func (d *Dir) read(pos uint64) error {
	fields, err := d.fields(pos, d.big)
	if err != nil {
		return err
	}
	return d.fill(fields)
}

// fields reads the entries of the directory at byte pos; of a repeated tag the first counts.
func (d *Dir) fields(pos uint64, big bool) (map[uint16]field, error) {
	head, entry, inline := uint64(2), uint64(12), uint64(4)
	if big {
		head, entry, inline = 8, 20, 8
	}
	buf, err := d.bytes(pos, head)
	if err != nil {
		return nil, err
	}
	n := uint64(0)
	if big {
		n = d.order.Uint64(buf)
	} else {
		n = uint64(d.order.Uint16(buf))
	}
	if n == 0 || n > 1<<16 {
		return nil, fmt.Errorf("damaged: its directory has %d entries", n)
	}
	if buf, err = d.bytes(pos+head, n*entry); err != nil {
		return nil, err
	}
	d.next = pos + head + n*entry
	fields := make(map[uint16]field, n)
	for i := range n {
		e := buf[i*entry : (i+1)*entry]
		tag := d.order.Uint16(e)
		if _, dup := fields[tag]; dup {
			continue
		}
		f := field{typ: d.order.Uint16(e[2:])}
		if big {
			f.n = d.order.Uint64(e[4:])
		} else {
			f.n = uint64(d.order.Uint32(e[4:]))
		}
		w := f.width()
		if w == 0 || f.n == 0 {
			continue
		}
		valueAt := pos + head + i*entry + entry - inline
		if f.n > inline/w {
			if valueAt = uint64(d.order.Uint32(e[8:])); big {
				valueAt = d.order.Uint64(e[12:])
			}
		}
		if valueAt > uint64(d.size) || f.n > (uint64(d.size)-valueAt)/w {
			if !needed(tag) {
				continue
			}
			return nil, fmt.Errorf("%w: tag %d has %d values at byte %d, the file has %d bytes", errTruncated, tag, f.n, valueAt, d.size)
		}
		f.pos = int64(valueAt)
		fields[tag] = f
	}
	return fields, nil
}

// needed reports whether a file cannot be checked without the tag.
func needed(tag uint16) bool {
	switch tag {
	case tagStripOffsets, tagStripByteCounts, tagTileOffsets, tagTileByteCounts:
		return true
	}
	return false
}

// bytes reads n bytes at pos, all of which must be in the file.
func (d *Dir) bytes(pos, n uint64) ([]byte, error) {
	if size := uint64(d.size); pos > size || n > size-pos {
		return nil, fmt.Errorf("%w: its directory ends at byte %d, the file has %d bytes", errTruncated, pos+n, d.size)
	}
	buf := make([]byte, n)
	if _, err := d.r.ReadAt(buf, int64(pos)); err != nil && err != io.EOF {
		return nil, err
	}
	return buf, nil
}

// fill sets d's facts from the directory's fields.
func (d *Dir) fill(fields map[uint16]field) error {
	var failed error
	get := func(tag uint16, otherwise, limit uint64) uint64 {
		f, ok := fields[tag]
		if !ok {
			return otherwise
		}
		buf, err := d.bytes(uint64(f.pos), f.width())
		if err != nil {
			failed = err
			return otherwise
		}
		v, ok := d.uint(buf, f.typ)
		if !ok || v > limit {
			failed = fmt.Errorf("damaged: tag %d has an impossible value", tag)
			return otherwise
		}
		return v
	}
	d.Width = uint32(get(tagWidth, 0, 1<<32-1))
	d.Height = uint32(get(tagHeight, 0, 1<<32-1))
	d.Bits = uint16(get(tagBits, 1, 1<<16-1))
	d.Samples = uint16(get(tagSamples, 1, 1<<16-1))
	d.Compression = uint16(get(tagCompression, 1, 1<<16-1))
	d.Photometric = uint16(get(tagPhotometric, 0, 1<<16-1))
	d.Planar = get(tagPlanar, 1, 1<<16-1) == 2
	d.TiePoints = fields[tagTiePoints].n / 6
	_, scale := fields[tagPixelScale]
	_, matrix := fields[tagMatrix]
	_, d.HasRPC = fields[tagRPC]
	d.HasTransform = scale || matrix
	if _, d.Tiled = fields[tagTileOffsets]; d.Tiled {
		d.offsets, d.counts = fields[tagTileOffsets], fields[tagTileByteCounts]
		d.BlockW = uint32(get(tagTileWidth, 0, 1<<32-1))
		d.BlockH = uint32(get(tagTileHeight, 0, 1<<32-1))
	} else {
		d.offsets, d.counts = fields[tagStripOffsets], fields[tagStripByteCounts]
		d.BlockW = d.Width
		d.BlockH = min(uint32(get(tagRowsPerStrip, 1<<32-1, 1<<32-1)), d.Height)
	}
	switch {
	case failed != nil:
		return failed
	case d.Width == 0 || d.Height == 0 || d.Samples == 0:
		return fmt.Errorf("damaged: its directory says %d×%d pixels of %d bands", d.Width, d.Height, d.Samples)
	case d.BlockW == 0 || d.BlockH == 0:
		return fmt.Errorf("damaged: its directory says blocks of %d×%d pixels", d.BlockW, d.BlockH)
	case d.offsets.n == 0:
		return errors.New("unfinished: its directory does not say where the pixels are")
	}
	return nil
}

// uint decodes one value of an unsigned integer type.
func (d *Dir) uint(b []byte, typ uint16) (uint64, bool) {
	switch typ {
	case 1:
		return uint64(b[0]), true
	case 3:
		return uint64(d.order.Uint16(b)), true
	case 4, 13:
		return uint64(d.order.Uint32(b)), true
	case 16, 18:
		return d.order.Uint64(b), true
	}
	return 0, false
}
