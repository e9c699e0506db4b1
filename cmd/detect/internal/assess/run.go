package assess

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
)

// Outputs say where an assessment goes: to standard output as text or JSON, and as a picture to a file, "" for none.
type Outputs struct {
	JSON      bool
	Picture   string
	Overwrite bool
}

// Validate reports what is wrong with the outputs.
func (o Outputs) Validate() error {
	if o.Picture != "" && strings.ToLower(filepath.Ext(o.Picture)) != ".png" {
		return exit.Errorf(exit.Usage, "%s: the picture is a PNG; name it .png", o.Picture)
	}
	return nil
}

// Run assesses the pair of a job and writes what is wanted. Errors carry exit codes.
func Run(ctx context.Context, j *job.Job, o Outputs) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	set := output.Set{Overwrite: o.Overwrite}
	defer set.Abort()
	out, err := set.Create(output.Stdout)
	if err != nil {
		return nil, err
	}
	var picture io.Writer
	side := 0
	if o.Picture != "" {
		if err := j.Clash("the picture", o.Picture); err != nil {
			return nil, err
		}
		if picture, err = set.Create(o.Picture); err != nil {
			return nil, err
		}
		side = panelSide
	}
	a, err := j.Assess(ctx, side)
	if err != nil {
		return nil, err
	}
	r := NewReport(a)
	if picture != nil {
		if err := output.Failed(o.Picture, r.writePicture(picture)); err != nil {
			return nil, err
		}
	}
	write := r.WriteText
	if o.JSON {
		write = r.WriteJSON
	}
	if err := write(out); err != nil {
		return nil, output.Failed(output.Stdout, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("assessing: %w", err)
	}
	return r, set.Commit()
}
