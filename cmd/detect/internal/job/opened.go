package job

import (
	"context"

	"passdiff/cmd/detect/internal/track"
	"passdiff/raster"
)

// opened is the pair of a job, laid on each other, and what the job asks about on the before grid.
type opened struct {
	passes [2]pass
	pair   *raster.Pair
	place  place
	aois   zones
	// looked is the AOI on the whole before grid, area the part of it that both passes cover; nil for everything.
	looked, area *raster.Area
	excluded     zones
	known        *track.Known
	least        int64 // the job's minimum mapping unit in pixels; 0 when the model says it

	look func(*raster.Sample) // sees the sample on which the pair is fitted; nil when nobody asks
}

// prepare opens the inputs of a valid job. The caller closes what it returns. Errors carry exit codes.
func (j *Job) prepare(ctx context.Context) (_ *opened, err error) {
	frugal()
	var o opened
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	if o.passes, err = j.open(ctx); err != nil {
		return nil, err
	}
	if o.pair, err = j.align(o.passes); err != nil {
		return nil, err
	}
	if o.place, err = newPlace(o.passes[0].Info().Grid); err != nil {
		return nil, err
	}
	if o.aois, err = j.areas(o.pair); err != nil {
		return nil, err
	}
	if o.excluded, err = j.exclusions(o.pair); err != nil {
		return nil, err
	}
	if o.known, err = j.whatIsKnown(ctx, o.passes); err != nil {
		return nil, err
	}
	o.looked = o.aois.union()
	o.area = clip(o.looked, o.pair.Window)
	if o.least, err = j.MMU.pixels(o.place.Locator, o.pair.Window); err != nil {
		return nil, err
	}
	return &o, nil
}

func (o *opened) close() {
	o.place.close()
	closeAll(o.passes)
}
