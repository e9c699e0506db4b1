package job

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/geo"
	"passdiff/raster"
)

// rerun is a finished run taken up again: the job that its record tells of, on the same pixels and with the same model.
type rerun struct {
	Job
	record record
	passes [2]pass
	pair   *raster.Pair // registered as it was
	area   *raster.Area // of the AOI; nil for everything
}

// openRun takes up the run that wrote out, whose record stands at path, "" for beside it. It refuses inputs that are not those of the run. The
// caller closes it.
func openRun(ctx context.Context, out, path string, r *report.Reporter) (*rerun, error) {
	rec, err := readRecord(out, path)
	if err != nil {
		return nil, err
	}
	again := &rerun{record: *rec, Job: rec.job(r)}
	again.Out = out
	if err := again.sameInputs(ctx); err != nil {
		return nil, err
	}
	if again.passes, err = again.open(ctx); err != nil {
		return nil, err
	}
	if err := again.lay(); err != nil {
		again.close()
		return nil, err
	}
	return again, nil
}

func (r *rerun) close() { closeAll(r.passes) }

// readRecord reads the record of the run that wrote out, with all that taking it up again needs.
func readRecord(out, path string) (*record, error) {
	_, rec, err := loadRecord(out, path)
	if err == nil && (rec.Model == nil || len(rec.Machine.Before) == 0 || len(rec.Machine.After) == 0) {
		err = exit.Errorf(exit.Input, "%s: is not a run record of the schema %s; run detect again", cmp.Or(path, out+recordSuffix), recordSchema)
	}
	return rec, err
}

// loadRecord reads the record of the run that wrote out, also as it stands there; path is "" for beside out.
func loadRecord(out, path string) ([]byte, *record, error) {
	if path == "" {
		if out == output.Stdout {
			return nil, nil, exit.Errorf(exit.Usage, "standard output has no run record beside it; name the file of features, and the record with --record")
		}
		path = out + recordSuffix
	}
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil, nil, exit.Errorf(exit.Input, "%s: no such file; the run record of %s is needed: name it with --record, or run detect again", path, out)
	}
	if err != nil {
		return nil, nil, notFound(path, err)
	}
	var rec record
	if err := json.Unmarshal(data, &rec); err != nil {
		return nil, nil, exit.Errorf(exit.Input, "%s: is not a run record: %w", path, err)
	}
	if rec.Schema != recordSchema {
		return nil, nil, exit.Errorf(exit.Input, "%s: is not a run record of the schema %s; run detect again", path, recordSchema)
	}
	return data, &rec, nil
}

// job is the job that a record tells of, with the model that it fitted.
func (rec *record) job(r *report.Reporter) Job {
	p := rec.Parameters
	j := Job{
		NoGeoref: p.NoGeoref, AllowSparse: p.AllowSparse, Sidecars: p.Sidecars, AllowRemote: p.AllowRemote, Drivers: p.Drivers,
		Opening: p.Opening, Fill: geo.Some(p.Fill), MMU: MMU{Pixels: p.MinPixels}, AOIField: p.AOIField, AOILayer: p.AOILayer, BBox: p.BBox, AOIID: orEmpty(p.AOIID), Masking: p.Masking,
		BeforeBands: rec.Before.Chosen, AfterBands: rec.After.Chosen, JobID: orEmpty(p.JobID), Simplify: p.Simplify, Report: r,
	}
	for _, s := range []struct {
		files      []machineFile
		pass       passRecord
		path, mask *string
		at         *geo.Opt[time.Time]
	}{{rec.Machine.Before, rec.Before, &j.Before, &j.BeforeMask, &j.BeforeTime}, {rec.Machine.After, rec.After, &j.After, &j.AfterMask, &j.AfterTime}} {
		files := s.files
		if s.pass.Mask != nil {
			*s.mask, files = files[len(files)-1].Path, files[:len(files)-1]
		}
		var paths []string
		for _, f := range files {
			paths = append(paths, f.Path)
		}
		*s.path = strings.Join(paths, ",")
		if s.pass.Acquired != nil {
			if t, ok := parseTime(*s.pass.Acquired, isoLayouts...); ok {
				*s.at = geo.Some(t)
			}
		}
	}
	if f := rec.After.Resampled; f != nil {
		j.Resample = f.Method
	}
	for _, a := range []struct {
		file *machineArea
		path *string
	}{{rec.Machine.AOI, &j.AOI}, {rec.Machine.Exclude, &j.Exclude}, {rec.Machine.Known, &j.Known}} {
		if a.file != nil {
			*a.path = a.file.Path
		}
	}
	return j
}

// orEmpty is a text, empty for nil.
func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// sameInputs is an error when a file of the run is gone or no longer the same, by size and by SHA-256 where that was recorded, else by time of
// modification.
func (r *rerun) sameInputs(ctx context.Context) error {
	m := r.record.Machine
	files := append(append([]machineFile{}, m.Before...), m.After...)
	if a := m.AOI; a != nil {
		files = append(files, machineFile{Path: a.Path, Size: a.Size, ModTime: a.ModTime})
	} else if r.record.Parameters.AOI != nil {
		return exit.Errorf(exit.Input, "the run record does not say where the AOI %s lay; run detect again", *r.record.Parameters.AOI)
	}
	for _, f := range files {
		if f.ModTime == "" {
			r.Report.Warn("%s: is not a file of this machine, so that it cannot be told whether it is the same as then", f.Path)
			continue
		}
		if err := f.same(ctx, way); err != nil {
			return exit.With(exit.Input, err)
		}
	}
	return nil
}

// way is what to do when detections cannot be explained.
const way = "its detections cannot be explained from it: bring the file of the run back, or run detect again"

// same is an error when the file is not the one of the record; way is what to do then.
func (f machineFile) same(ctx context.Context, way string) error {
	st, err := os.Stat(f.Path)
	if os.IsNotExist(err) && !filepath.IsAbs(f.Path) {
		return fmt.Errorf("%s: no such file; the run record names it as seen from the folder in which detect ran: go there", f.Path)
	}
	if err != nil {
		return notFound(f.Path, err)
	}
	if st.Size() != f.Size {
		return fmt.Errorf("%s: has %d bytes and had %d in the run; %s", f.Path, st.Size(), f.Size, way)
	}
	if f.SHA256 != nil {
		sum, err := HashFile(ctx, f.Path)
		if err != nil {
			return err
		}
		if sum != *f.SHA256 {
			return fmt.Errorf("%s: does not have the SHA-256 of the run; %s", f.Path, way)
		}
		return nil
	}
	if now := st.ModTime().UTC().Format(time.RFC3339Nano); now != f.ModTime {
		return fmt.Errorf("%s: was modified at %s, for the run at %s; %s (with --hash-inputs a copy is known to be the same)", f.Path, now, f.ModTime, way)
	}
	return nil
}

// lay lays the passes on each other as they were.
func (r *rerun) lay() error {
	pair, err := r.align(r.passes)
	if err != nil {
		return err
	}
	if newAlignment(r.passes, pair) != r.record.Alignment {
		return exit.Errorf(exit.Input, "%s and %s lie on each other otherwise than in the run; run detect again", r.Before, r.After)
	}
	if n := r.record.Model.Bands; n != pair.Before.Info().Bands {
		return exit.Errorf(exit.Input, "the run record holds a model of %d bands, the passes have %d; run detect again", n, pair.Before.Info().Bands)
	}
	aois, err := r.areas(pair)
	if err != nil {
		return err
	}
	r.area = clip(aois.union(), pair.Window)
	r.pair = r.record.Model.Shift.Of(pair)
	return nil
}

// detect finds the regions in a part of the pair, by the model and with the options of the run unless change says otherwise.
func (r *rerun) detect(ctx context.Context, in *raster.Area, set func(*change.Model, *change.Options)) (regions []*change.Region, err error) {
	m := *r.record.Model
	o := r.options(r.MMU.Pixels)
	o.Area, o.Tile = in, rerunTile
	if set != nil {
		set(&m, &o)
	}
	_, err = change.Detect(ctx, r.pair, &m, o, change.Output{Region: func(g *change.Region) error {
		regions = append(regions, g)
		return nil
	}})
	return regions, exit.With(exit.Input, err)
}

// rerunTile is the side of the tiles of small parts.
const rerunTile = 256
