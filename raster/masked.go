package raster

import (
	"context"
	"errors"
)

// Masked is src without the pixels that m rules out: they are not measured, with the reason CloudMask. m was made for src's grid.
func Masked(src Source, m *ClassMask) Source {
	if g := src.Info().Grid; g != m.grid {
		panic("raster: a ClassMask of another grid")
	}
	return &masked{src, m}
}

type masked struct {
	Source
	mask *ClassMask
}

func (s *masked) Reader() (Reader, error) {
	r, err := s.Source.Reader()
	if err != nil {
		return nil, err
	}
	c, err := s.mask.Reader()
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &maskedReader{Reader: r, classes: c}, nil
}

type maskedReader struct {
	Reader
	classes *ClassReader
	mask    []uint8
}

func (r *maskedReader) Read(ctx context.Context, w Window, b *Block) error {
	if err := r.Reader.Read(ctx, w, b); err != nil {
		return err
	}
	n := int(w.Pixels())
	if cap(r.mask) < n {
		r.mask = make([]uint8, n)
	}
	r.mask = r.mask[:n]
	if err := r.classes.Read(ctx, w, r.mask); err != nil {
		return err
	}
	b.ruleOut(r.mask)
	return nil
}

func (r *maskedReader) Close() error { return errors.Join(r.Reader.Close(), r.classes.Close()) }

// ruleOut takes out the measured pixels of b at which mask is 0.
func (b *Block) ruleOut(mask []uint8) {
	for i, m := range mask {
		if m != 0 || b.Valid != nil && b.Valid[i] == 0 {
			continue
		}
		if b.Valid == nil {
			fill(b.MaskStorage(), 255)
		}
		if b.Why == nil {
			b.WhyStorage()
		}
		b.Valid[i], b.Why[i] = 0, CloudMask
	}
}
