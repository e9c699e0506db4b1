package job

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/raster"
)

// Result says what a job did.
type Result struct {
	change.Summary
	// Scene is the number of pixels of the before grid.
	Scene int64
	// Suppressed regions touch an excluded zone; they are counted as found and not written.
	Suppressed int64
	// Known regions lie where something is known; they are counted as found and not written.
	Known int64
	// Warnings are all that were reported.
	Warnings []string
}

// Run compares the pair of a job and writes what it wants. OUT appears last, and only when everything else has been written; until then
// older outputs stay as they are. Errors carry exit codes.
func (j *Job) Run(ctx context.Context) (r Result, err error) {
	if err := j.Validate(); err != nil {
		return r, err
	}
	j.clock.start()
	in, err := j.prepare(ctx)
	if err != nil {
		return r, err
	}
	defer in.close()
	grid := in.passes[0].Info().Grid
	covered, err := j.newCoverage(in)
	if err != nil {
		return r, err
	}
	files, err := j.begin()
	if err != nil {
		return r, err
	}
	defer files.Abort()
	found := j.newFeatures(files.out, in)
	defer found.abandon()
	changed, err := j.newMask(files.mask, grid, in.pair.Window, in.area)
	if err != nil {
		return r, err
	}
	defer changed.abandon()
	scored, err := j.newScores(files.score, grid)
	if err != nil {
		return r, err
	}
	defer scored.abandon()

	j.clock.done("opening")
	f, err := j.model(ctx, in)
	if err != nil {
		return r, err
	}
	found.one.fitted(f.Model)
	r.Scene = grid.Window().Pixels()
	progress := j.Report.Progress("comparing", in.pair.Window.Pixels())
	defer progress.Done()
	o := j.options(cmp.Or(in.least, f.MinPixels, defaultPixels))
	o.Area, o.Decoded = in.area, f.decoded
	r.Summary, err = change.Detect(ctx, f.pair, f.Model, o, change.Output{
		Score: scored.tile(),
		Region: func(region *change.Region) error {
			changed.paint(maskChanged, region.Runs...)
			return found.add(region)
		},
		Blind: func(run raster.Run, why uint8) error {
			changed.paint(maskNotObserved, run)
			covered.blind(run, why)
			return nil
		},
		Final:    changed.final,
		Progress: progress.Set,
	})
	if err != nil {
		return r, exit.With(exit.Input, err)
	}
	progress.Done()
	j.clock.done("comparing")

	if err := found.close(); err != nil {
		return r, err
	}
	r.Suppressed, r.Known = found.left.excluded, found.left.known
	if changed != nil || scored != nil {
		debug.FreeOSMemory() // overviews take memory of GDAL's own, and what comparing took is not needed any more
	}
	if err := errors.Join(changed.close(), scored.close()); err != nil {
		return r, err
	}
	r.Warnings = j.warnings(in, f, r.Summary)
	return r, j.complete(ctx, files, in, f, covered, o, r)
}

// complete writes the outputs that tell of the whole, and gives all of them their names.
func (j *Job) complete(ctx context.Context, files *files, in *opened, f fitted, covered *coverage, o change.Options, r Result) error {
	if err := unchanged(in.passes); err != nil {
		return err
	}
	covered.finish()
	if err := covered.write(files.coverage, j, in.place.Locator); err != nil {
		return err
	}
	if err := files.finish(j, f.Model, j.newRecord(in, f, covered, o, r)); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return files.Commit()
}
