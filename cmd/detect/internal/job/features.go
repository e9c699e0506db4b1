package job

import (
	"fmt"
	"io"

	"passdiff/change"
	"passdiff/change/register"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/geo"
	"passdiff/raster"
)

// features turns regions into features and writes them. It belongs to one goroutine.
type features struct {
	name    string
	w       *geo.Writer
	tracer  geo.Tracer
	locator geo.Locator
	common  geo.Feature // what all features of the run share
	pair    string      // the pass pair, for ids

	aois, excluded index
	suppressed     int64 // regions that touch an excluded zone
	simplify       float64

	residual *register.Lattice
}

// newFeatures begins the output.
func (j *Job) newFeatures(w io.Writer, passes [2]pass, l geo.Locator) *features {
	before, after := passes[0], passes[1]
	f := &features{name: j.Out, simplify: j.Simplify, locator: l, w: geo.NewWriter(w, geo.Format{Lines: lines(j.Out), Pixel: l.Project == nil})}
	f.pair = pairKey(passes)
	f.common.Detection = geo.Detection{
		TBefore: before.at, TAfter: after.at, SrcBefore: before.Info().Name, SrcAfter: after.Info().Name,
		DetMethod: "automatic", Status: "first", ReviewState: "candidate",
		FirstSeen: after.at, LastSeen: after.at, NLooked: geo.Some(1), NSeen: geo.Some(1),
	}
	return f
}

// pairKey names a pass pair, for ids.
func pairKey(passes [2]pass) string {
	before, after := passes[0], passes[1]
	return fmt.Sprintf("%q %q %q %q", before.Info().Name, before.key(), after.Info().Name, after.key())
}

// add writes one region.
func (f *features) add(r *change.Region) error {
	if f.excluded.of(r.Runs) != "" {
		f.suppressed++
		return nil
	}
	placed, err := f.locator.Place(geo.Simplify(f.tracer.Trace(r.Runs), f.simplify))
	if err != nil {
		return exit.With(exit.Input, err)
	}
	d := f.common
	d.Locate(placed)
	d.DetID = geo.DetID(r.Runs, f.locator.Grid, f.pair)
	d.ObjDesc, d.Direction = string(r.Kind()), string(r.Direction())
	d.ScoreMax, d.ScoreMean, d.Pixels = r.ScoreMax, r.ScoreMean, r.Pixels
	if r.Confidence != nil {
		d.Confidence = geo.Some(*r.Confidence)
	}
	x, y := middle(r.Runs)
	if shift, sd, ok := f.residual.At(x, y); ok {
		d.RegDxPx, d.RegDyPx, d.RegSdPx = geo.Some(shift.DX), geo.Some(shift.DY), geo.Some(sd)
	}
	d.ObsFrac, d.EdgeFlag = r.Observed(), edgeFlag(r)
	if id := f.aois.of(r.Runs); id != "" {
		d.AOIID = geo.Some(id)
	}
	return output.Failed(f.name, f.w.Write(&d))
}

// middle is the mean column and row of the pixels of a region, rounded down.
func middle(runs []raster.Run) (x, y int) {
	var n, sx, sy int64
	for _, r := range runs {
		w := int64(r.X1 - r.X0)
		n += w
		sx += w * (int64(r.X0) + int64(r.X1) - 1)
		sy += w * int64(r.Y)
	}
	return int(sx / (2 * n)), int(sy / n)
}

// edgeFlag says which edge of what was looked at a region touches: the scene's before nodata's before the AOI's.
func edgeFlag(r *change.Region) string {
	switch {
	case r.AtScene:
		return "scene"
	case r.AtUnseen:
		return "nodata"
	case r.AtArea:
		return "aoi"
	}
	return "none"
}

// close completes the output.
func (f *features) close() error { return output.Failed(f.name, f.w.Close()) }
