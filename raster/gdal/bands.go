package gdal

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
	"passdiff/raster/gdal/internal/tiffdir"
)

// band is one measured band that is read.
type band struct {
	index int    // from 0, in the file
	name  string // "" when it has none
	// signed says that the file's bytes are signed although GDAL (before 3.7) calls them unsigned.
	signed bool
	nodata float64 // in the band's own type; NaN matches nothing, because NaN is never measured
	scaling
}

// scaling makes a value of what is stored: v·scale + offset.
type scaling struct{ scale, offset float64 }

// BandNames are the names of the measured bands in the order in which they are read: what the file calls them or, where it has no
// name, their number in the file from 1.
func (s *Scene) BandNames() []string {
	names := make([]string, len(s.bands))
	for i, b := range s.bands {
		if names[i] = b.name; b.name == "" {
			names[i] = strconv.Itoa(b.index + 1)
		}
	}
	return names
}

// nameOf is what the file calls a band.
func nameOf(b godal.Band) string {
	if d := strings.TrimSpace(b.Description()); d != "" {
		return d
	}
	for _, key := range []string{"standard_name", "BANDNAME", "BandName"} {
		if name := strings.TrimSpace(b.Metadata(key)); name != "" {
			return name
		}
	}
	return ""
}

// choose is the bands that are read, from 0, with the alpha bands apart.
func (s *Scene) choose(all []godal.Band) (measured []int, err error) {
	for i, b := range all {
		if b.ColorInterp() == godal.CIAlpha {
			s.alphas = append(s.alphas, i)
		} else {
			measured = append(measured, i)
		}
	}
	if len(measured) == 0 {
		return nil, errors.New("has an alpha band and no other; name a file with measured bands")
	}
	if len(s.opts.Bands) == 0 {
		return measured, nil
	}
	var chosen []int
	for _, want := range s.opts.Bands {
		i, err := find(want, all)
		switch {
		case err != nil:
			return nil, err
		case slices.Contains(s.alphas, i):
			return nil, fmt.Errorf("band %d is an alpha band, a mask; name measured bands in --bands", i+1)
		case slices.Contains(chosen, i):
			return nil, fmt.Errorf("band %d is named twice; name each band once in --bands", i+1)
		}
		chosen = append(chosen, i)
	}
	return chosen, nil
}

// find is the band, from 0, that a person means by a number from 1 or by a name in any case.
func find(want string, all []godal.Band) (int, error) {
	want = strings.TrimSpace(want)
	if n, err := strconv.Atoi(want); err == nil {
		if n >= 1 && n <= len(all) {
			return n - 1, nil
		}
		return 0, fmt.Errorf("has no band %d; it has %s", n, listed(all))
	}
	found := -1
	for i, b := range all {
		if !strings.EqualFold(want, nameOf(b)) {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("bands %d and %d are both called %q; name them by number in --bands", found+1, i+1, want)
		}
		found = i
	}
	if found < 0 {
		return 0, fmt.Errorf("has no band %q; it has %s", want, listed(all))
	}
	return found, nil
}

// listed says which bands there are, for messages.
func listed(all []godal.Band) string {
	const most = 16
	var list []string
	named := false
	for i, b := range all[:min(len(all), most)] {
		entry := strconv.Itoa(i + 1)
		if name := nameOf(b); name != "" {
			entry, named = entry+" "+strconv.Quote(name), true
		}
		list = append(list, entry)
	}
	switch {
	case !named && len(all) == 1:
		return "band 1 without a name"
	case !named:
		return fmt.Sprintf("bands 1 to %d without names", len(all))
	case len(all) > most:
		list = append(list, fmt.Sprintf("… to %d", len(all)))
	}
	return "bands " + strings.Join(list, ", ")
}

// describeBands sorts the bands into measured and alpha ones and settles type, nodata, scaling and masks.
func (s *Scene) describeBands() error {
	all := s.ds.Bands()
	chosen, err := s.choose(all)
	if err != nil {
		return err
	}
	var nodata []float64
	var types []raster.DataType
	wide, signed, masked := 0, 0, false
	for _, i := range chosen {
		b := all[i]
		t, w, sg, err := bandType(i, b)
		if err != nil {
			return err
		}
		nd, ok := b.NoData()
		if !ok || s.opts.classes {
			nd = math.NaN()
		}
		types, nodata = append(types, t), append(nodata, nd)
		s.bands = append(s.bands, band{index: i, name: nameOf(b), signed: sg})
		s.stored = union(s.stored, t)
		if w {
			wide++
		}
		if sg {
			signed++
		}
		switch flags := b.MaskFlags(); {
		case s.opts.classes || flags&(maskAllValid|maskAlpha) != 0:
		case flags&maskPerDataset != 0:
			if !masked {
				s.masks, masked = []int{i}, true
			}
		case flags&maskNoData == 0 && !masked:
			s.masks = append(s.masks, i)
		}
	}
	if s.opts.classes {
		s.alphas, s.maskFile = nil, ""
	}
	s.info.Bands = len(s.bands)
	if signed > 0 && s.stored != raster.Int8 {
		return fmt.Errorf("mixes int8 with other types, which GDAL %s misreads; convert it with gdal_translate -ot Int16", Version())
	}
	for i := range s.bands {
		s.bands[i].nodata = quantised(nodata[i], types[i])
	}
	s.describeScaling(all)
	if wide > 0 {
		s.warn.add("%s: 64-bit integers are read as float64 and rounded beyond 2^53", s.facts.Path)
	}
	if s.dir != nil && s.dir.Photometric == tiffdir.PhotometricPalette && !s.opts.classes {
		s.warn.add("%s: holds indices of a colour table, whose differences mean nothing; expand it with gdal_translate -expand rgb", s.facts.Path)
	}
	return s.checkMaskFile()
}

// describeScaling settles whether values are scaled, and with it the type in which they come.
func (s *Scene) describeScaling(all []godal.Band) {
	s.info.Type = s.stored
	scaled := false
	for i := range s.bands {
		st := all[s.bands[i].index].Structure()
		sc := scaling{st.Scale, st.Offset}
		if sc.scale == 0 || sc.scale-sc.scale != 0 || sc.offset-sc.offset != 0 {
			s.warn.add("%s: band %d declares the scale %g and the offset %g, which mean nothing and are ignored", s.facts.Path,
				s.bands[i].index+1, sc.scale, sc.offset)
			sc = scaling{scale: 1}
		}
		s.bands[i].scaling = sc
		scaled = scaled || sc != scaling{scale: 1}
	}
	if !scaled || s.opts.Raw {
		return
	}
	s.scaled = true
	s.info.Type = raster.Float32
	if s.stored.Size() > 4 || s.stored == raster.Int32 || s.stored == raster.Uint32 {
		s.info.Type = raster.Float64
	}
	for _, b := range s.bands {
		s.facts.Scaling = append(s.facts.Scaling, Scaling{Scale: b.scale, Offset: b.offset})
	}
}

// checkMaskFile looks at the .msk, if there is one. GDAL's rule is kept that it counts only when it says what it is.
func (s *Scene) checkMaskFile() error {
	if s.maskFile == "" {
		return nil
	}
	st, _, _, err := inspect(s.maskFile, false)
	if err != nil {
		return fmt.Errorf("the mask beside it cannot be used: %w", err)
	}
	s.maskStat = st
	ds, err := s.openMask()
	if err != nil {
		return err
	}
	defer ds.Close()
	if flags, _ := strconv.Atoi(ds.Metadata("INTERNAL_MASK_FLAGS_1")); flags&maskPerDataset == 0 {
		s.warn.add("%s: the mask beside it does not say that it is one of the whole scene (INTERNAL_MASK_FLAGS_1=2) and is ignored", s.facts.Path)
		s.maskFile = ""
		return nil
	}
	if st := ds.Structure(); st.SizeX != s.info.Grid.Width || st.SizeY != s.info.Grid.Height {
		return fmt.Errorf("the mask beside it has %d×%d pixels, the scene %d×%d; remove it or make it anew", st.SizeX, st.SizeY,
			s.info.Grid.Width, s.info.Grid.Height)
	}
	return nil
}

// openMask opens the .msk.
func (s *Scene) openMask() (*godal.Dataset, error) {
	ds, err := godal.Open(s.maskFile, godal.RasterOnly(), godal.Drivers("GTiff"), godal.ErrLogger(s.handler))
	if err != nil {
		return nil, fmt.Errorf("the mask beside it cannot be opened: %s", joined(err))
	}
	return ds, nil
}
