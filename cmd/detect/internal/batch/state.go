package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/output"
	"passdiff/raster/gdal"
)

// stateSchema names the layout of a state.
const stateSchema = "passdiff-pair/1"

// state is what the outputs of a pair were made of. It is written when they are there, and removed before they are replaced.
type state struct {
	Schema string `json:"schema"`
	Detect string `json:"detect"`
	GDAL   string `json:"gdal"`
	// Options are those of detect run, files among them without their folders, Outputs those wanted.
	Options []string `json:"options"`
	Wanted  []string `json:"wanted"`
	Inputs  []input  `json:"inputs"`
	Entry   entry    `json:"entry"`
	// Files are the outputs. They stand with the machine's facts, because the run record does and holds such facts.
	Files []written `json:"machine"`
}

// written is an output as it was written.
type written struct {
	Name   string `json:"name"` // from the folder of the batch
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// stateName is where the state of a pair stands.
func (b *Batch) stateName(p jobs.Pair) string {
	return strings.TrimSuffix(p.Out(b.Dir), ".geojson") + ".state.json"
}

// current is the state that a pair would have if it were run now, but for its entry and files.
func (b *Batch) current(ctx context.Context, l *looker, p jobs.Pair) (s state, err error) {
	s = state{Schema: stateSchema, Detect: b.Program, GDAL: gdal.Version(), Options: []string{}, Wanted: append([]string{}, p.Outputs...)}
	if s.Inputs, err = l.inputs(ctx, p); err != nil {
		return s, err
	}
	files := map[string]bool{}
	for _, in := range p.Inputs() {
		files[in.What] = true
	}
	for _, o := range p.Options {
		if files[o.Flag] {
			o.Value = filepath.Base(o.Value)
		}
		s.Options = append(s.Options, o.Flag+"="+o.Value)
	}
	return s, nil
}

// readState reads a state; nil when there is none that can be used.
func readState(name string) *state {
	data, err := os.ReadFile(name)
	var s state
	if err != nil || json.Unmarshal(data, &s) != nil || s.Schema != stateSchema {
		return nil
	}
	return &s
}

// why says why a pair is to be run; "" when it is not.
func (b *Batch) why(ctx context.Context, t Task) (string, error) {
	was, is := t.old, t.now
	switch {
	case was == nil:
		if _, err := os.Lstat(t.Out(b.Dir)); err == nil {
			return "it was not completed", nil
		}
		return "it has no result", nil
	case was.Detect != is.Detect:
		return fmt.Sprintf("detect %s made it, this is %s", was.Detect, is.Detect), nil
	case was.GDAL != is.GDAL:
		return fmt.Sprintf("GDAL %s made it, this is %s", was.GDAL, is.GDAL), nil
	case !slices.Equal(was.Options, is.Options):
		return "the options have changed: " + unlike(was.Options, is.Options), nil
	case !slices.Equal(was.Wanted, is.Wanted):
		return "other outputs are wanted", nil
	}
	if d := difference(was.Inputs, is.Inputs, b.ByTime); d != "" {
		return d, nil
	}
	for _, f := range was.Files {
		path := filepath.Join(b.Dir, filepath.FromSlash(f.Name))
		st, err := os.Stat(path)
		if err != nil {
			return f.Name + " is missing", nil
		}
		if st.Size() != f.Size {
			return f.Name + " has changed", nil
		}
		if b.ByTime {
			continue
		}
		sum, err := job.HashFile(ctx, path)
		if err != nil {
			return "", err
		}
		if sum != f.SHA256 {
			return f.Name + " has changed", nil
		}
	}
	return "", nil
}

// unlike lists the options of two lists that are not in both, new values first.
func unlike(was, is []string) string {
	var names []string
	for _, two := range [][2][]string{{is, was}, {was, is}} {
		for _, o := range two[0] {
			flag, _, _ := strings.Cut(o, "=")
			if !slices.Contains(two[1], o) && !slices.Contains(names, flag) {
				names = append(names, flag)
			}
		}
	}
	return strings.Join(names, ", ")
}

// files are the outputs of a pair as they stand.
func (b *Batch) files(ctx context.Context, p jobs.Pair) (all []written, err error) {
	for _, path := range p.Files(b.Dir) {
		st, err := os.Stat(path)
		if err != nil {
			return nil, output.Failed(path, err)
		}
		sum, err := job.HashFile(ctx, path)
		if err != nil {
			return nil, err
		}
		all = append(all, written{b.short(path), st.Size(), sum})
	}
	return all, nil
}

// short is the name of an output from the folder of the batch.
func (b *Batch) short(path string) string {
	if rel, err := filepath.Rel(b.Dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// writeJSON writes v, indented, in place of what has the name.
func writeJSON(name string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return output.Write(name, func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}
