package gdal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// reader is one handle on a scene. It belongs to one goroutine.
type reader struct {
	s       *Scene
	ds      *godal.Dataset
	maskDS  *godal.Dataset // the .msk, or nil
	data    []godal.DatasetIOOption
	mask    []godal.BandIOOption
	masks   []godal.Band // 0 is not measured
	alphas  []alpha
	scratch []uint8      // a mask
	floats  []float32    // an alpha band of floats
	stored  raster.Block // what is stored, where it is scaled
}

// alpha is a band that is 0 where nothing was measured.
type alpha struct {
	band  godal.Band
	float bool
}

// Reader opens an independent reader. It may be called concurrently; the caller closes the reader. It panics after Close.
func (s *Scene) Reader() (raster.Reader, error) {
	ds, err := s.take()
	if err != nil {
		return nil, err
	}
	bands := ds.Bands()
	r := &reader{s: s, ds: ds}
	r.mask = []godal.BandIOOption{godal.ErrLogger(s.handler), godal.ConfigOption(s.config...)}
	indices := make([]int, len(s.bands))
	for i, b := range s.bands {
		indices[i] = b.index
	}
	r.data = []godal.DatasetIOOption{godal.BandInterleaved(), godal.ErrLogger(s.handler), godal.ConfigOption(s.config...), godal.Bands(indices...)}
	for _, i := range s.masks {
		r.masks = append(r.masks, bands[i].MaskBand())
	}
	if s.maskFile != "" {
		if r.maskDS, err = s.openMask(); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", s.facts.Path, err), ds.Close())
		}
		r.masks = append(r.masks, r.maskDS.Bands()[0])
	}
	for _, i := range s.alphas {
		t := bands[i].Structure().DataType
		r.alphas = append(r.alphas, alpha{bands[i], t == godal.Float32 || t == godal.Float64})
	}
	return r, nil
}

// Read implements raster.Reader. It looks at ctx before it asks GDAL for anything, not while GDAL decodes.
func (r *reader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	if b.Window != w || b.Bands != len(r.s.bands) || w.Empty() || !r.s.info.Grid.Window().Contains(w) {
		panic(fmt.Sprintf("gdal: read of %v of %v into a block of %v", w, r.s.info.Grid.Window(), b.Window))
	}
	b.Valid, b.Why = nil, nil
	if !r.s.scaled {
		return r.read(ctx, b)
	}
	r.stored.Shape(w, b.Bands, r.s.stored)
	if err := r.read(ctx, &r.stored); err != nil {
		return err
	}
	r.s.scale(b, &r.stored)
	return nil
}

// read fills b with what is stored.
func (r *reader) read(ctx context.Context, b *raster.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, buffer := b.Window, b.Data
	if r.s.bands[0].signed {
		buffer = unsigned(b.Data.([]int8))
	}
	if err := r.ds.Read(w.X, w.Y, buffer, w.W, w.H, r.data...); err != nil {
		return r.failed(w, err)
	}
	r.s.invalidate(b)
	for _, m := range r.masks {
		if err := r.readMask(ctx, m, b); err != nil {
			return err
		}
	}
	for _, a := range r.alphas {
		read := r.readMask
		if a.float {
			read = r.readFloatMask
		}
		if err := read(ctx, a.band, b); err != nil {
			return err
		}
	}
	return nil
}

// readMask takes out the pixels of b at which band is 0. Integers beyond uint8 are clamped by GDAL, so that none becomes 0.
func (r *reader) readMask(ctx context.Context, band godal.Band, b *raster.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := b.Window
	r.scratch = slices.Grow(r.scratch[:0], int(w.Pixels()))[:w.Pixels()]
	if err := band.Read(w.X, w.Y, r.scratch, w.W, w.H, r.mask...); err != nil {
		return r.failed(w, err)
	}
	markEqual(b, r.scratch, 0)
	return nil
}

// readFloatMask is readMask for bands that may hold values between 0 and 1.
func (r *reader) readFloatMask(ctx context.Context, band godal.Band, b *raster.Block) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := b.Window
	r.floats = slices.Grow(r.floats[:0], int(w.Pixels()))[:w.Pixels()]
	if err := band.Read(w.X, w.Y, r.floats, w.W, w.H, r.mask...); err != nil {
		return r.failed(w, err)
	}
	markEqual(b, r.floats, 0)
	markNonFinite(b, r.floats)
	return nil
}

func (r *reader) failed(w raster.Window, err error) error {
	return fmt.Errorf("%s: block at column %d row %d cannot be decoded: %s", r.s.facts.Path, w.X, w.Y, joined(err))
}

// Close releases the reader's handles.
func (r *reader) Close() error {
	err := r.ds.Close(godal.ErrLogger(r.s.handler))
	if r.maskDS != nil {
		err = errors.Join(err, r.maskDS.Close(godal.ErrLogger(r.s.handler)))
	}
	if err != nil {
		return fmt.Errorf("%s: cannot be closed: %s", r.s.facts.Path, joined(err))
	}
	return nil
}
