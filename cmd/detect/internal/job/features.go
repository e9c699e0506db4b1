package job

import (
	"fmt"
	"io"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/geo"
)

// features turns regions into features and writes them. It belongs to one goroutine.
type features struct {
	name    string
	w       *geo.Writer
	tracer  geo.Tracer
	locator geo.Locator
	common  geo.Feature // what all features of the run share
	pair    string      // the pass pair, for ids
}

// newFeatures begins the output.
func (j *Job) newFeatures(w io.Writer, passes [2]pass, l geo.Locator) *features {
	before, after := passes[0], passes[1]
	f := &features{name: j.Out, locator: l, w: geo.NewWriter(w, geo.Format{Lines: j.lines(), Pixel: l.Project == nil})}
	f.pair = fmt.Sprintf("%q %q %q %q", before.Info().Name, before.key(), after.Info().Name, after.key())
	f.common.Detection = geo.Detection{
		TBefore: before.at, TAfter: after.at, SrcBefore: before.Info().Name, SrcAfter: after.Info().Name,
		DetMethod: "automatic", Status: "first", ReviewState: "candidate",
		FirstSeen: after.at, LastSeen: after.at, NLooked: geo.Some(1), NSeen: geo.Some(1),
	}
	return f
}

// add writes one region.
func (f *features) add(r *change.Region) error {
	placed, err := f.locator.Place(f.tracer.Trace(r.Runs))
	if err != nil {
		return exit.With(exit.Input, err)
	}
	d := f.common
	d.Locate(placed)
	d.DetID = geo.DetID(r.Runs, f.locator.Grid, f.pair)
	d.ObjDesc, d.Direction = string(r.Kind()), string(r.Direction())
	d.ScoreMax, d.ScoreMean, d.Pixels = r.ScoreMax, r.ScoreMean, r.Pixels
	d.ObsFrac, d.EdgeFlag = r.Observed(), edgeFlag(r)
	return output.Failed(f.name, f.w.Write(&d))
}

// edgeFlag says the nearest edge of what was looked at: the scene's before nodata's.
func edgeFlag(r *change.Region) string {
	switch {
	case r.AtScene:
		return "scene"
	case r.AtUnseen:
		return "nodata"
	}
	return "none"
}

// close completes the output.
func (f *features) close() error { return output.Failed(f.name, f.w.Close()) }
