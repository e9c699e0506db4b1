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
	frugal()
	passes, err := j.open(ctx)
	if err != nil {
		return r, err
	}
	defer closeAll(passes)
	pair, err := j.align(passes)
	if err != nil {
		return r, err
	}
	grid := passes[0].Info().Grid
	place, err := newPlace(grid)
	if err != nil {
		return r, err
	}
	defer place.close()
	aois, err := j.areas(pair)
	if err != nil {
		return r, err
	}
	excluded, err := j.exclusions(pair)
	if err != nil {
		return r, err
	}
	looked := aois.union()
	area := clip(looked, pair.Window)
	covered, err := j.newCoverage(place.Locator, pair, looked)
	if err != nil {
		return r, err
	}
	least, err := j.MMU.pixels(place.Locator, pair.Window)
	if err != nil {
		return r, err
	}
	files, err := j.begin()
	if err != nil {
		return r, err
	}
	defer files.Abort()
	found := j.newFeatures(files.out, passes, place)
	defer found.abandon()
	found.one.aois, found.one.excluded = aois.index(), excluded.index()
	changed, err := j.newMask(files.mask, grid, pair.Window, area)
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
	f, err := j.model(ctx, passes, pair, area, place.Locator)
	if err != nil {
		return r, err
	}
	found.one.common.Threshold, found.one.residual = f.Threshold, f.Residual
	r.Scene = grid.Window().Pixels()
	progress := j.Report.Progress("comparing", pair.Window.Pixels())
	defer progress.Done()
	o := j.options(cmp.Or(least, f.MinPixels, defaultPixels))
	o.Area, o.Decoded = area, f.decoded
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
	r.Warnings = j.warnings(passes, f.pair, aois, f.registered, f.Model, r.Summary)

	if err := found.close(); err != nil {
		return r, err
	}
	r.Suppressed = found.suppressed
	if changed != nil || scored != nil {
		debug.FreeOSMemory() // overviews take memory of GDAL's own, and what comparing took is not needed any more
	}
	if err := errors.Join(changed.close(), scored.close()); err != nil {
		return r, err
	}
	if err := unchanged(passes); err != nil {
		return r, err
	}
	covered.finish()
	if err := covered.write(files.coverage, j, place.Locator); err != nil {
		return r, err
	}
	if err := files.finish(j, f.Model, j.newRecord(passes, f.pair, f.registered, f.Model, covered, o, r)); err != nil {
		return r, err
	}
	if err := ctx.Err(); err != nil {
		return r, err
	}
	return r, files.Commit()
}
