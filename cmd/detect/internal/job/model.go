package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"

	"passdiff/change"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/raster"
)

// model fits the pair, or reads the model the job names.
func (j *Job) model(ctx context.Context, p *raster.Pair, area *raster.Area) (*change.Model, error) {
	if j.Model != "" {
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
		if bands := p.Before.Info().Bands; m.Bands != bands {
			return nil, exit.Errorf(exit.Input, "%s: is a model for a pair of %d-band scenes; these have %d", j.Model, m.Bands, bands)
		}
		return m, nil
	}
	o := change.FitOptions{Method: j.Method, Threshold: j.Threshold, Hysteresis: j.Hysteresis, Workers: j.workers()}
	part := *p
	part.Window = j.sampleWindow(p, area)
	sample, err := raster.ReadSample(ctx, &part, raster.SampleOptions{Halo: o.Halo(), Workers: j.workers(), Quarter: j.Quarter})
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	return change.Fit(ctx, sample, p.Before.Info().Bands, o)
}
