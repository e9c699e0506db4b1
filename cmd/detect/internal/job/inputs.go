package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// Masking says which classes of a mask raster rule a pixel out, as raster.ClassOptions does.
type Masking struct {
	Values []int64 `json:"values"`
	Bits   []int   `json:"bits"`
	Buffer int     `json:"buffer_px"`
}

// maskErrors are what is wrong with the mask options.
func (j *Job) maskErrors() []error {
	masks, rules := j.BeforeMask != "" || j.AfterMask != "", len(j.Masking.Values)+len(j.Masking.Bits) > 0
	switch {
	case masks != rules:
		return []error{errors.New("a mask raster and the values or bits in it that rule out go together")}
	case !masks && j.Masking.Buffer != 0:
		return []error{errors.New("a buffer of a mask without a mask: give one with --before-mask or --after-mask")}
	case !masks:
		return nil
	}
	if err := j.Masking.options().Validate(); err != nil {
		return []error{err}
	}
	return nil
}

// options are those of class masks.
func (m Masking) options() raster.ClassOptions {
	return raster.ClassOptions{Values: m.Values, Bits: m.Bits, Buffer: m.Buffer, SameCRS: gdal.SameCRS}
}

// pass is one opened input: what is compared, and the files behind it.
type pass struct {
	raster.Source
	acquired
	sun       sunlight
	files     []*gdal.Scene    // of its bands, in order
	chosen    []string         // bands asked for; nil for all
	classes   *gdal.Scene      // the mask raster; nil for none
	resampled *gdal.Resampling // nil when it stayed on its grid
	sums      []string         // SHA-256 of the files; nil when not hashed
	warnings  []string
}

// open opens both passes. The caller closes them.
func (j *Job) open(ctx context.Context) (passes [2]pass, err error) {
	defer func() {
		if err != nil {
			closeAll(passes)
			err = exit.With(exit.Input, err)
		}
	}()
	for i, in := range []input{
		{j.Before, j.BeforeBands, j.BeforeMask, j.BeforeTime}, {j.After, j.AfterBands, j.AfterMask, j.AfterTime},
	} {
		if err := j.openPass(ctx, &passes[i], in); err != nil {
			return passes, err
		}
	}
	if j.Resample != "" {
		p := &passes[1]
		r, facts, err := gdal.Resample(p.Source, passes[0].Info().Grid, j.Resample)
		if err != nil {
			return passes, err
		}
		p.Source, p.resampled = r, &facts
		if facts.Differs() {
			p.warnings = append(p.warnings, fmt.Sprintf("a pixel of before spans %.3g × %.3g pixels of after: detail of the finer pass is lost", facts.StepX, facts.StepY))
		}
	}
	return passes, checkOrder(passes)
}

// input is what a job says of a pass.
type input struct {
	path  string
	bands []string
	mask  string
	time  geo.Opt[time.Time]
}

// openPass opens the files of a pass: one, or several with a comma between them whose bands are stacked in that order.
func (j *Job) openPass(ctx context.Context, p *pass, in input) error {
	o := gdal.OpenOptions{
		AllowSparse: j.AllowSparse, Sidecars: j.Sidecars, AllowRemote: j.AllowRemote, NoGeoref: j.NoGeoref, Drivers: j.Drivers,
	}
	paths := SplitPaths(in.path)
	p.chosen = in.bands
	switch {
	case slices.Contains(paths, ""):
		return exit.Errorf(exit.Usage, "%s: there is no file name beside a comma; leave the comma out", in.path)
	case len(paths) == 1:
		o.Bands = in.bands
	case in.bands != nil:
		return fmt.Errorf("%s: bands are chosen by listing their files; leave the band option out", in.path)
	}
	var sources []raster.Source
	for _, path := range paths {
		s, err := gdal.Open(path, o)
		if err != nil {
			return err
		}
		p.files = append(p.files, s)
		sources = append(sources, s)
		if j.HashInputs {
			if s.Facts().ModTime.IsZero() {
				return fmt.Errorf("%s: is not a file of this machine, so it cannot be hashed; download it, or leave --hash-inputs out", s.Facts().Path)
			}
			sum, err := HashFile(ctx, path)
			if err != nil {
				return err
			}
			p.sums = append(p.sums, sum)
		}
	}
	var err error
	if p.Source, err = raster.Stack(sources[0].Info().Name, sources...); err != nil {
		return err
	}
	p.acquired, p.warnings = acquisition(in.time, p.files[0].Facts())
	p.sun = sunOf(p.files[0].Facts())
	if in.mask == "" {
		return nil
	}
	if p.classes, err = gdal.OpenClasses(in.mask, gdal.OpenOptions{AllowRemote: j.AllowRemote, NoGeoref: j.NoGeoref, Drivers: j.Drivers, Sidecars: j.Sidecars}); err != nil {
		return err
	}
	m, err := raster.NewClassMask(p.classes, p.Info().Grid, j.Masking.options())
	if err != nil {
		return err
	}
	if n := m.Uncovered(p.Info().Grid.Window()); n > 0 {
		p.warnings = append(p.warnings, fmt.Sprintf("%s: does not cover %.1f %% of its pass; that part is masked",
			filepath.Base(in.mask), 100*float64(n)/float64(p.Info().Grid.Window().Pixels())))
	}
	p.Source = raster.Masked(p.Source, m)
	return nil
}

// SplitPaths cuts BEFORE or AFTER, several files of bands, at its commas, unless a file has that very name.
func SplitPaths(arg string) []string {
	if _, err := os.Stat(arg); err == nil {
		return []string{arg}
	}
	return strings.Split(arg, ",")
}

// scenes are all files of a pass.
func (p pass) scenes() []*gdal.Scene {
	if p.classes == nil {
		return p.files
	}
	return append(slices.Clone(p.files), p.classes)
}

func closeAll(passes [2]pass) {
	for _, p := range passes {
		for _, s := range p.scenes() {
			s.Close()
		}
	}
}

// unchanged refuses to go on when a file has changed since it was opened: what was read may be of two versions.
func unchanged(passes [2]pass) error {
	for _, p := range passes {
		if err := p.changed(); err != nil {
			return err
		}
	}
	return nil
}

// changed is an error when a file of the pass has changed since it was opened.
func (p pass) changed() error {
	for _, s := range p.scenes() {
		if err := s.Changed(); err != nil {
			return exit.With(exit.Output, err)
		}
	}
	return nil
}

// Reader implements raster.Source. Whatever cannot be read of a file that has changed, the change is to blame.
func (p pass) Reader() (raster.Reader, error) {
	r, err := p.Source.Reader()
	if err != nil {
		return nil, cmp.Or(p.changed(), err)
	}
	return passReader{r, p}, nil
}

type passReader struct {
	raster.Reader
	pass pass
}

func (r passReader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	err := r.Reader.Read(ctx, w, b)
	if err != nil {
		return cmp.Or(r.pass.changed(), err)
	}
	return nil
}

// align lays the passes on each other.
func (j *Job) align(passes [2]pass) (*raster.Pair, error) {
	p, err := raster.Align(passes[0], passes[1], raster.AlignOptions{SameCRS: gdal.SameCRS, Pixels: j.NoGeoref})
	return p, exit.With(exit.Input, err)
}

// HashFile is the SHA-256 of a file in hexadecimal. Errors name the file and have a code.
func HashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", notFound(path, err)
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", notFound(path, err)
		}
	}
}
