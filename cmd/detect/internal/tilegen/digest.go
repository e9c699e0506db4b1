package tilegen

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"math"

	"passdiff/raster"
)

// Digest is the sha256 of a scene's pixels, in hexadecimal: the same for every block layout and compression. It covers
//
//	"WIDTHxHEIGHTxBANDS TYPE\n", then for each row from the top
//	  for each band the row's values, little-endian, zeros where a pixel is not valid
//	  a byte a pixel: 255 valid, 0 not
func Digest(ctx context.Context, src raster.Source) (string, error) {
	h := newHasher(src.Info())
	err := eachStrip(ctx, src, func(b *raster.Block) error {
		h.add(b)
		return nil
	})
	return h.sum(), err
}

// hasher makes a Digest of blocks over the whole width, from the top down.
type hasher struct {
	h   hash.Hash
	row []byte
}

func newHasher(info raster.Info) *hasher {
	h := &hasher{h: sha256.New()}
	fmt.Fprintf(h.h, "%dx%dx%d %v\n", info.Grid.Width, info.Grid.Height, info.Bands, info.Type)
	return h
}

func (h *hasher) add(b *raster.Block) {
	for y := range b.Window.H {
		h.row = appendRow(h.row[:0], b, y)
		h.h.Write(h.row)
	}
}

func (h *hasher) sum() string { return hex.EncodeToString(h.h.Sum(nil)) }

// eachStrip reads the source from the top down in windows over the whole width, a row of blocks high.
func eachStrip(ctx context.Context, src raster.Source, visit func(*raster.Block) error) (err error) {
	r, err := src.Reader()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	info := src.Info()
	var b raster.Block
	step := max(1, info.BlockH)
	for y := 0; y < info.Grid.Height; y += step {
		w := raster.Window{Y: y, W: info.Grid.Width, H: min(step, info.Grid.Height-y)}
		b.Shape(w, info.Bands, info.Type)
		if err := r.Read(ctx, w, &b); err != nil {
			return err
		}
		if err := visit(&b); err != nil {
			return err
		}
	}
	return nil
}

// appendRow appends what Digest covers of row y of the block.
func appendRow(to []byte, b *raster.Block, y int) []byte {
	w, plane := b.Window.W, b.Window.W*b.Window.H
	var valid []uint8
	if b.Valid != nil {
		valid = b.Valid[y*w:][:w]
	}
	for band := range b.Bands {
		at := band*plane + y*w
		switch data := b.Data.(type) {
		case []uint8:
			to = appendValues(to, data[at:at+w], valid, func(to []byte, v uint8) []byte { return append(to, v) })
		case []uint16:
			to = appendValues(to, data[at:at+w], valid, binary.LittleEndian.AppendUint16)
		case []float32:
			to = appendValues(to, data[at:at+w], valid, func(to []byte, v float32) []byte {
				return binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
			})
		default:
			panic(fmt.Sprintf("tilegen: digest of %T", b.Data))
		}
	}
	if valid != nil {
		return append(to, valid...)
	}
	return append(to, bytes.Repeat([]byte{255}, w)...)
}

// appendValues appends a row of values, zeros where they are not valid; valid nil means that all are.
func appendValues[T raster.Number](to []byte, row []T, valid []uint8, put func([]byte, T) []byte) []byte {
	for x, v := range row {
		if valid != nil && valid[x] == 0 {
			v = 0
		}
		to = put(to, v)
	}
	return to
}
