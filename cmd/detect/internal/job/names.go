package job

import (
	"errors"
	"fmt"
	"path/filepath"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
)

// named is a file of a job; an empty name is none.
type named struct{ what, name string }

// inputNames are the files that a job reads.
func (j *Job) inputNames() (all []named) {
	for _, path := range SplitPaths(j.Before) {
		all = append(all, named{"BEFORE", path})
	}
	for _, path := range SplitPaths(j.After) {
		all = append(all, named{"AFTER", path})
	}
	return append(all, named{"the mask of BEFORE", j.BeforeMask}, named{"the mask of AFTER", j.AfterMask}, named{"the AOI", j.AOI},
		named{"the excluded zones", j.Exclude}, named{"what is known", j.Known}, named{"the model", j.Model})
}

// outputNames are the files that a job writes.
func (j *Job) outputNames() []named {
	return []named{
		{"OUT", j.Out}, {"the record", j.recordName()}, {"the mask", j.Mask}, {"the score", j.Score}, {"the coverage", j.Coverage},
		{"the saved model", j.SaveModel}, {"the style", j.styleName()},
	}
}

// clashes are the files that would be written twice, or written and read.
func (j *Job) clashes(outputs []named) (errs []error) {
	seen := map[string]string{}
	for _, f := range j.inputNames() {
		if id := identity(f.name); f.name != "" && seen[id] == "" {
			seen[id] = f.what
		}
	}
	for _, f := range outputs {
		if f.name == "" {
			continue
		}
		id := f.name
		if id != output.Stdout {
			id = identity(id)
		}
		if other := seen[id]; other != "" {
			errs = append(errs, fmt.Errorf("%s: is both %s and %s", f.name, other, f.what))
		}
		seen[id] = f.what
	}
	return errs
}

// identity is a name by which the same file is known, whatever the path to it.
func identity(path string) string {
	if p, err := filepath.EvalSymlinks(path); err == nil {
		path = p
	}
	if p, err := filepath.Abs(path); err == nil {
		path = p
	}
	return path
}

// Clash is an error when a further output of that name is also an input.
func (j *Job) Clash(what, name string) error {
	return exit.With(exit.Usage, errors.Join(j.clashes([]named{{what, name}})...))
}
