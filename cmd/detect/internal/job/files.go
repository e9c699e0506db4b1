package job

import (
	_ "embed"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"passdiff/change"
	"passdiff/cmd/detect/internal/output"
)

// Style is how QGIS shows detections: by kind, outlined so that the scene stays visible, on a pale rim that sets them off from dark ground.
//
//go:embed style.qml
var Style string

// files are the outputs of a job. All are begun before the work starts, so that one that cannot be written costs nothing.
type files struct {
	output.Set
	out           io.Writer
	mask, score   string // temporary paths; "" for none
	record, model io.Writer
	style         io.Writer
	coverage      io.Writer
}

// begin begins every output, OUT first: it takes its name last, and when it is there, all is.
func (j *Job) begin() (_ *files, err error) {
	f := &files{Set: output.Set{Overwrite: j.Overwrite}}
	defer func() {
		if err != nil {
			f.Abort()
		}
	}()
	for _, w := range []struct {
		to   *io.Writer
		name string
	}{{&f.out, j.Out}, {&f.record, j.recordName()}, {&f.model, j.SaveModel}, {&f.style, j.styleName()}, {&f.coverage, j.Coverage}} {
		if w.name == "" {
			continue
		}
		if *w.to, err = f.Create(w.name); err != nil {
			return nil, err
		}
	}
	for _, r := range []struct {
		to   *string
		name string
	}{{&f.mask, j.Mask}, {&f.score, j.Score}} {
		if r.name == "" {
			continue
		}
		if *r.to, err = f.Reserve(r.name); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// styleName is where the QGIS style goes: beside a GeoJSON file, unless a style is there already, which may be the user's own.
func (j *Job) styleName() string {
	if j.Out == output.Stdout || lines(j.Out) {
		return ""
	}
	name := strings.TrimSuffix(j.Out, filepath.Ext(j.Out)) + ".qml"
	if _, err := os.Lstat(name); err == nil {
		return ""
	}
	return name
}

// finish writes the outputs that tell of the others.
func (f *files) finish(j *Job, m *change.Model, r record) error {
	if f.style != nil {
		if _, err := io.WriteString(f.style, Style); err != nil {
			return output.Failed(j.styleName(), err)
		}
	}
	if err := writeJSON(f.model, j.SaveModel, m); err != nil {
		return err
	}
	return writeJSON(f.record, j.recordName(), r)
}

// writeJSON writes v, indented, to an output called name; a nil writer drops it.
func writeJSON(w io.Writer, name string, v any) error {
	if w == nil {
		return nil
	}
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(data, '\n'))
	return output.Failed(name, err)
}
