package raster

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Stack makes one scene of the bands of several, in their order, as when every band comes in a file of its own. All lie on one grid
// (within GridTolerance, CRS by equal strings) and have one type; a pixel is measured when it is in each. The scene has that name.
func Stack(name string, sources ...Source) (Source, error) {
	if len(sources) == 0 {
		return nil, errors.New("no band to stack")
	}
	first := sources[0].Info()
	s := &stack{sources: sources, info: first}
	s.info.Name, s.info.Bands = name, 0
	var labels []string
	for _, src := range sources {
		i := src.Info()
		labels = append(labels, i.label())
		if err := stackable(first, i); err != nil {
			return nil, err
		}
		s.info.Bands += i.Bands
		s.info.Costly = s.info.Costly || i.Costly
		s.info.BlockW = commonBlock(s.info.BlockW, i.BlockW, i.Grid.Width)
		s.info.BlockH = commonBlock(s.info.BlockH, i.BlockH, i.Grid.Height)
	}
	if len(sources) == 1 && first.Name == name {
		return sources[0], nil
	}
	s.info.Label = strings.Join(labels, ",")
	return s, nil
}

// stackable is an error that says how b differs from a, of which it is to be a further band.
func stackable(a, b Info) error {
	differ := func(format string, args ...any) error {
		return fmt.Errorf("%s and %s cannot be bands of one scene: %s", a.label(), b.label(), fmt.Sprintf(format, args...))
	}
	switch {
	case a.Grid.Width != b.Grid.Width || a.Grid.Height != b.Grid.Height:
		return differ("%d×%d pixels and %d×%d; choose bands of one resolution", a.Grid.Width, a.Grid.Height, b.Grid.Width, b.Grid.Height)
	case a.Type != b.Type:
		return differ("%v and %v; convert one with gdal_translate -ot", a.Type, b.Type)
	case a.Grid.Georeferenced() != b.Grid.Georeferenced():
		return differ("only one has a georeference; use --no-georef to ignore it")
	case a.Grid.CRS != b.Grid.CRS:
		return differ("%s and %s; bring them onto one grid with gdalwarp", crsName(a.Grid.CRS), crsName(b.Grid.CRS))
	}
	if inv, ok := a.Grid.Affine.Inverse(); ok {
		w, h := float64(a.Grid.Width), float64(a.Grid.Height)
		for _, c := range [][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
			x, y := inv.Apply(b.Grid.Affine.Apply(c[0], c[1]))
			if math.Abs(x-c[0]) > GridTolerance || math.Abs(y-c[1]) > GridTolerance {
				return differ("corner %.0f,%.0f of the second lies at pixel %.3f,%.3f of the first; bring them onto one grid with gdalwarp", c[0], c[1], x, y)
			}
		}
	}
	return nil
}

// maxCommonBlock bounds the side of the unit in which scenes of different blocks are read together.
const maxCommonBlock = 4096

// commonBlock is the side of the smallest unit made of whole blocks of sides a and b, so that reading it decodes no block twice; a
// unit that the scene's size cuts is the whole of it. Sides without such a unit below maxCommonBlock give the larger one: then blocks
// of the other are decoded again where units meet.
func commonBlock(a, b, size int) int {
	a, b = min(max(a, 1), size), min(max(b, 1), size)
	if l := a / gcd(a, b) * b; l <= maxCommonBlock || a == size || b == size {
		return min(l, size)
	}
	return max(a, b)
}

// stack is a Source of several sources' bands.
type stack struct {
	sources []Source
	info    Info
}

func (s *stack) Info() Info { return s.info }

func (s *stack) Reader() (Reader, error) {
	r := &stackReader{s: s, parts: make([]Block, len(s.sources))}
	for _, src := range s.sources {
		part, err := src.Reader()
		if err != nil {
			return nil, errors.Join(err, r.Close())
		}
		r.readers = append(r.readers, part)
	}
	return r, nil
}

type stackReader struct {
	s       *stack
	readers []Reader
	parts   []Block // of which only the storage for masks is kept
}

// Read reads each part straight into its planes of b.
func (r *stackReader) Read(ctx context.Context, w Window, b *Block) error {
	b.Valid, b.Why = nil, nil
	first := 0
	for i, reader := range r.readers {
		n := r.s.sources[i].Info().Bands
		part := &r.parts[i]
		valid, why := part.valid, part.why
		*part = b.planes(first, n)
		part.valid, part.why = valid, why
		if err := reader.Read(ctx, w, part); err != nil {
			return err
		}
		b.invalidate(part)
		part.Data = nil
		first += n
	}
	return nil
}

func (r *stackReader) Close() error {
	var errs []error
	for _, part := range r.readers {
		errs = append(errs, part.Close())
	}
	return errors.Join(errs...)
}
