package job

import (
	"context"
	"os"

	"passdiff/cmd/detect/internal/exit"
)

// Input is a file that a job reads, as it was when it was looked at.
type Input struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Inputs are the files that a job names: passes, masks, areas, a model. Errors carry exit codes.
func (j *Job) Inputs(ctx context.Context) ([]Input, error) {
	var all []Input
	for _, f := range j.inputNames() {
		if f.name == "" {
			continue
		}
		in, err := readInput(ctx, f.name)
		if err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	return all, nil
}

func readInput(ctx context.Context, path string) (Input, error) {
	st, err := os.Stat(path)
	if err != nil {
		return Input{}, notFound(path, err)
	}
	if !st.Mode().IsRegular() {
		return Input{}, exit.Errorf(exit.Input, "%s: is not a regular file, so that it cannot be told whether it stays the same; copy it to one", path)
	}
	sum, err := HashFile(ctx, path)
	return Input{path, st.Size(), sum}, err
}

// Check is an error with exit.Unverified when the file is not the same any more.
func (i Input) Check(ctx context.Context) error {
	now, err := readInput(ctx, i.Path)
	if err != nil {
		return err
	}
	if now != i {
		return exit.Errorf(exit.Unverified, "%s: is not the file that was planned for: it has %d bytes and had %d, or others; bring that back, or plan again", i.Path, now.Size, i.Size)
	}
	return nil
}
