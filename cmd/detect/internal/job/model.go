package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"slices"

	"github.com/paulmach/orb"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
)

// fitted is a pair that is ready to be compared.
type fitted struct {
	*change.Model
	pair       *raster.Pair // registered
	registered *registration
	decoded    *raster.Decoded // blocks that the sample was read from
}

// model fits the pair, or reads the model the job names.
func (j *Job) model(ctx context.Context, in *opened) (fitted, error) {
	p := in.pair
	if f := j.fitted; f != nil {
		j.modelSum = f.ModelSHA256
		return fitted{f.Model, f.Model.Shift.Of(p), f.Registration, nil}, nil
	}
	if j.Model != "" {
		m, err := j.readModel(p.Before.Info().Bands)
		if err != nil {
			return fitted{}, err
		}
		return fitted{m, m.Shift.Of(p), &registration{Mode: "file", Shift: m.Shift, Why: "the model was fitted so"}, nil}, nil
	}
	o := change.FitOptions{Method: j.Method, Threshold: j.Threshold, Hysteresis: j.Hysteresis, Workers: j.workers(), Told: j.told(in.passes, in.place.Locator)}
	s, err := j.sample(ctx, p, j.sampleWindow(p, in.area), raster.SampleOptions{Halo: o.Halo(), Workers: j.workers(), Keep: true}, o.Told)
	if err != nil {
		return fitted{}, exit.With(exit.Input, err)
	}
	o.Shift, o.Residual = s.Shift, s.left()
	m, err := change.Fit(ctx, s.Sample, p.Before.Info().Bands, o)
	j.clock.done("fit")
	if err != nil && ctx.Err() == nil {
		err = exit.With(exit.Input, err) // such as an index of bands that the pair does not have
	}
	if in.look != nil {
		in.look(s.Sample)
	}
	registered := s.registration // a pointer into s would keep the sample while the scene is compared
	return fitted{m, s.pair, &registered, s.Decoded}, err
}

// seen is which share of the rows of a pair is measured in both passes, as far as a sample tells. The zero value takes all for measured.
type seen struct {
	pixels int64
	rows   []int // the middles of the sample's rows of chips, ascending
	shares []float64
}

func seenIn(s *raster.Sample) seen {
	all, measured := map[int]int64{}, map[int]int64{}
	out := seen{pixels: s.Pixels}
	for _, c := range s.Chips {
		y := c.Out.Y + c.Out.H/2
		if all[y] == 0 {
			out.rows = append(out.rows, y)
		}
		all[y] += c.Out.Pixels()
		c.EachMeasured(c.Before.Band(0), func(v []float32) { measured[y] += int64(len(v)) })
	}
	slices.Sort(out.rows)
	for _, y := range out.rows {
		out.shares = append(out.shares, float64(measured[y])/float64(all[y]))
	}
	return out
}

// at is the share at a row: that of the nearest row of chips.
func (s seen) at(y int) float64 {
	if len(s.rows) == 0 {
		return 1
	}
	k, _ := slices.BinarySearch(s.rows, y)
	if k == len(s.rows) || k > 0 && y-s.rows[k-1] < s.rows[k]-y {
		k--
	}
	return s.shares[k]
}

// readModel reads the model the job names, for scenes of so many bands.
func (j *Job) readModel(bands int) (*change.Model, error) {
	data, err := os.ReadFile(j.Model)
	if err != nil {
		return nil, notFound(j.Model, err)
	}
	sum := sha256.Sum256(data)
	j.modelSum = hex.EncodeToString(sum[:])
	m := new(change.Model)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, exit.Errorf(exit.Input, "%s: is not a model: %w", j.Model, err)
	}
	if m.Bands != bands {
		return nil, exit.Errorf(exit.Input, "%s: is a model for a pair of %d-band scenes; these have %d", j.Model, m.Bands, bands)
	}
	return m, nil
}

// told is what is known of the pair beside its pixels.
func (j *Job) told(passes [2]pass, l geo.Locator) change.Told {
	t := change.Told{Kind: j.Kind, Float: true}
	for _, p := range passes {
		i := p.Info()
		t.Float = t.Float && (i.Type == raster.Float32 || i.Type == raster.Float64)
	}
	for _, s := range passes[0].scenes() {
		t.BandNames = append(t.BandNames, s.BandNames()...)
	}
	// The pixel in the middle tells the size of all.
	x, y := float64(l.Grid.Width/2), float64(l.Grid.Height/2)
	if p, err := l.Place(orb.Polygon{{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}}); err == nil && p.Measures.AreaM2.Known {
		t.PixelSize = math.Sqrt(p.Measures.AreaM2.Value)
	}
	return t
}
