package job

import (
	"fmt"
	"io"

	"passdiff/change"
	"passdiff/change/register"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/track"
	"passdiff/geo"
	"passdiff/raster"
)

// features turns regions into features and writes them in the order in which they come. Its methods belong to one goroutine.
type features struct {
	name     string
	w        *geo.Writer
	one      drafter
	workers  int
	drafters *drafters // nil until there are regions for several goroutines

	regions []*change.Region // not given to them yet
	left    left

	ordered bool       // keep order
	order   [][2]int32 // of what was written: where regions end
}

// left counts regions of which no feature is written: those that touch an excluded zone, and others that lie where something is known.
type left struct{ excluded, known int64 }

func (l left) plus(m left) left { return left{l.excluded + m.excluded, l.known + m.known} }

// sketch is what all features of a run share. Nothing changes it once features are made.
type sketch struct {
	grid   raster.Grid
	common geo.Feature
	pair   string // the pass pair, for ids

	aois, excluded index
	known          *track.Known
	simplify       float64

	residual *register.Lattice
}

// drafter makes features. It belongs to one goroutine.
type drafter struct {
	*sketch
	place  place
	tracer geo.Tracer
}

// drafted is a feature, and where its region ends: its last row, and the first column there.
type drafted struct {
	geo.Feature
	end [2]int32
}

// newFeatures begins the output.
func (j *Job) newFeatures(w io.Writer, in *opened) *features {
	before, after, p := in.passes[0], in.passes[1], in.place
	s := &sketch{grid: p.Grid, pair: pairKey(in.passes), simplify: j.Simplify, aois: in.aois.index(), excluded: in.excluded.index(), known: in.known}
	s.common.Detection = geo.Detection{
		TBefore: before.at, TAfter: after.at, SrcBefore: before.Info().Name, SrcAfter: after.Info().Name,
		DetMethod: "automatic", Status: "first", ReviewState: "candidate",
		FirstSeen: after.at, LastSeen: after.at, NLooked: geo.Some(1), NSeen: geo.Some(1),
		JobID: some(j.JobID), AOIID: some(j.AOIID),
	}
	return &features{
		name: j.Out, w: geo.NewWriter(w, geo.Format{Lines: lines(j.Out), Pixel: p.Project == nil}),
		one: drafter{sketch: s, place: p}, workers: j.workers(),
	}
}

// pairKey names a pass pair, for ids.
func pairKey(passes [2]pass) string {
	before, after := passes[0], passes[1]
	return fmt.Sprintf("%q %q %q %q", before.Info().Name, before.key(), after.Info().Name, after.key())
}

// add takes one region, which nobody changes afterwards. Its feature may be written later; the error may be that of an earlier region.
func (f *features) add(r *change.Region) error {
	if f.regions = append(f.regions, r); len(f.regions) < batchSize {
		return nil
	}
	if f.drafters == nil {
		f.drafters = newDrafters(&f.one, f.workers, f.write)
	}
	err := f.drafters.put(f.regions)
	f.regions = make([]*change.Region, 0, batchSize)
	return err
}

// write writes the features of some regions, of which some were left out.
func (f *features) write(made []drafted, out left) error {
	f.left = f.left.plus(out)
	for i := range made {
		if err := f.w.Write(&made[i].Feature); err != nil {
			return output.Failed(f.name, err)
		}
		if f.ordered {
			f.order = append(f.order, made[i].end)
		}
	}
	return nil
}

// close writes what is left and completes the output.
func (f *features) close() error {
	if err := f.finish(); err != nil {
		return err
	}
	made, out, err := f.one.drafts(f.regions)
	if err == nil {
		err = f.write(made, out)
	}
	if err != nil {
		return err
	}
	return output.Failed(f.name, f.w.Close())
}

// finish waits until the goroutines have written what they were given, and ends them.
func (f *features) finish() error {
	d := f.drafters
	if d == nil {
		return nil
	}
	f.drafters = nil
	return d.close()
}

// abandon ends the goroutines. After close it does nothing.
func (f *features) abandon() { _ = f.finish() } // there is an error to report already

// fitted says by which model regions are found.
func (s *sketch) fitted(m *change.Model) { s.common.Threshold, s.residual = m.Threshold, m.Residual }

// another is a drafter for another goroutine; its place is closed by that.
func (d *drafter) another() (*drafter, error) {
	p, err := newPlace(d.grid)
	return &drafter{sketch: d.sketch, place: p}, err
}

// drafts makes the features of some regions, and counts those that are left out.
func (d *drafter) drafts(regions []*change.Region) (made []drafted, out left, err error) {
	made = make([]drafted, 0, len(regions))
	for _, r := range regions {
		f, ok, err := d.draft(r, &out)
		if err != nil {
			return made, out, err
		}
		if ok {
			made = append(made, f)
		}
	}
	return made, out, nil
}

// draft makes the feature of one region; none, which it counts, where it touches an excluded zone or lies where something is known.
func (d *drafter) draft(r *change.Region, out *left) (f drafted, ok bool, err error) {
	if d.excluded.of(r.Runs) != "" {
		out.excluded++
		return f, false, nil
	}
	placed, err := d.place.Place(geo.Simplify(d.tracer.Trace(r.Runs), d.simplify))
	if err != nil {
		return f, false, exit.With(exit.Input, err)
	}
	known, err := d.known.Holds(placed.Geometry)
	if err != nil {
		return f, false, exit.With(exit.Input, err)
	}
	if known {
		out.known++
		return f, false, nil
	}
	f = drafted{d.common, end(r.Runs)}
	f.Locate(placed)
	f.DetID = geo.DetID(r.Runs, d.grid, d.pair)
	f.ObjDesc, f.Direction = string(r.Kind()), string(r.Direction())
	f.ScoreMax, f.ScoreMean, f.Pixels = r.ScoreMax, r.ScoreMean, r.Pixels
	if r.Confidence != nil {
		f.Confidence = geo.Some(*r.Confidence)
	}
	x, y := middle(r.Runs)
	if shift, sd, ok := d.residual.At(x, y); ok {
		f.RegDxPx, f.RegDyPx, f.RegSdPx = geo.Some(shift.DX), geo.Some(shift.DY), geo.Some(sd)
	}
	f.ObsFrac, f.EdgeFlag = r.Observed(), edgeFlag(r)
	if id := d.aois.of(r.Runs); id != "" {
		f.AOIID = geo.Some(id)
	}
	return f, true, nil
}

// end is the last row of a region and the first column there.
func end(runs []raster.Run) [2]int32 {
	k := len(runs) - 1
	for k > 0 && runs[k-1].Y == runs[k].Y {
		k--
	}
	return [2]int32{runs[k].Y, runs[k].X0}
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
