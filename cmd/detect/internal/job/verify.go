package job

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
	"passdiff/raster/gdal"
)

// Verify runs again what wrote out, from the inputs, with the parameters and the model of its record, which stands at path, "" for beside out. It is an
// error with exit.Unverified when the bytes are not the same: the error says whether an input, the version, or a parameter differs, or whether out was
// changed afterwards. What was fitted is taken from the record and not fitted again.
func Verify(ctx context.Context, out, path, program string, r *report.Reporter) error {
	rec, err := readRecord(out, path)
	if err != nil {
		return err
	}
	had, err := os.ReadFile(out)
	if err != nil {
		return notFound(out, err)
	}
	if err := rec.inputs(ctx, r); err != nil {
		return err
	}
	j := rec.job(r)
	j.Program = program
	j.fitted = &Fitted{Model: rec.Model, Registration: rec.Registration, ModelSHA256: orEmpty(rec.Parameters.ModelSHA256)}
	now, again, err := j.elsewhere(ctx, filepath.Base(out))
	if err != nil {
		return err
	}
	versions := rec.Machine.versions(again.Machine)
	if bytes.Equal(had, now) {
		for _, v := range versions {
			r.Note("%s: the bytes are the same although %s", out, v)
		}
		return nil
	}
	for i, v := range versions {
		versions[i] = "version: " + v
	}
	errs := rec.differences(again)
	switch {
	case len(versions) > 0:
		errs = versions
	case len(errs) == 0:
		errs = []string{fmt.Sprintf("output: inputs, parameters and version give other bytes, from byte %d on: the file was changed after the run", first(had, now))}
	}
	var all []error
	for _, e := range errs {
		all = append(all, fmt.Errorf("%s: %s", out, e))
	}
	return exit.With(exit.Unverified, errors.Join(all...))
}

// inputs is an error that lists the inputs that are not those of the run.
func (rec *record) inputs(ctx context.Context, r *report.Reporter) error {
	m, p := rec.Machine, rec.Parameters
	files := append(append([]machineFile{}, m.Before...), m.After...)
	var errs []error
	for _, a := range []struct {
		name *string
		file *machineArea
	}{{p.AOI, m.AOI}, {p.Exclude, m.Exclude}, {p.Known, m.Known}} {
		switch {
		case a.file != nil:
			files = append(files, machineFile{Path: a.file.Path, Size: a.file.Size, ModTime: a.file.ModTime})
		case a.name != nil:
			errs = append(errs, fmt.Errorf("input: the run record does not say where %s lay; it cannot be run again", *a.name))
		}
	}
	for _, f := range files {
		if f.ModTime == "" {
			r.Warn("%s: is not a file of this machine, so that it cannot be told whether it is the same as then", f.Path)
			continue
		}
		if err := f.same(ctx, "bring the file of the run back"); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			errs = append(errs, fmt.Errorf("input: %w", plainError(err)))
		}
	}
	if len(errs) > 0 {
		return &exit.Error{Code: exit.Unverified, Err: errors.Join(errs...)}
	}
	return nil
}

// plainError is an error without its exit code.
func plainError(err error) error {
	if e := (*exit.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// elsewhere runs the job into a folder of its own and returns what it wrote, and its record.
func (j *Job) elsewhere(ctx context.Context, name string) (data []byte, again *record, err error) {
	dir, err := os.MkdirTemp("", "detect-verify-")
	if err != nil {
		return nil, nil, exit.With(exit.Output, err)
	}
	defer func() {
		if left := os.RemoveAll(dir); err == nil {
			err = exit.With(exit.Output, left)
		}
	}()
	j.Out = filepath.Join(dir, name)
	if _, err := j.Run(ctx); err != nil {
		return nil, nil, err
	}
	if data, err = os.ReadFile(j.Out); err != nil {
		return nil, nil, exit.With(exit.Output, err)
	}
	again, err = readRecord(j.Out, "")
	return data, again, err
}

// versions say which programs are others than those of the record.
func (m machine) versions(now machine) (differ []string) {
	for _, v := range []struct{ what, then, now string }{
		{"detect", m.Detect, now.Detect}, {"GDAL", m.GDAL, gdal.Version()}, {"Go", m.Go, runtime.Version()}, {"the platform", m.Platform, now.Platform},
	} {
		if v.then != v.now {
			differ = append(differ, fmt.Sprintf("%s was %s in the run and is %s now", v.what, cmp.Or(v.then, "unknown"), v.now))
		}
	}
	return differ
}

// differences say what the recorded parameters give that is not what the record says.
func (rec *record) differences(now *record) (differ []string) {
	for _, v := range []struct {
		what      string
		then, now any
	}{
		{"passes", [2]passRecord{rec.Before, rec.After}, [2]passRecord{now.Before, now.After}}, {"alignment", rec.Alignment, now.Alignment},
		{"coverage", rec.Coverage, now.Coverage}, {"counts", rec.Counts, now.Counts},
	} {
		then, err := json.Marshal(v.then)
		if err != nil {
			panic("job: " + err.Error()) // it was read from JSON
		}
		here, err := json.Marshal(v.now)
		if err != nil {
			panic("job: " + err.Error())
		}
		if !bytes.Equal(then, here) {
			differ = append(differ, fmt.Sprintf("parameter: the recorded ones give other %s, %.300s in place of %.300s: the record is not as the run wrote it", v.what, here, then))
		}
	}
	return differ
}

// first is the first byte, from 0, in which two texts differ.
func first(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
