package job

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"passdiff/change"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// recordSchema names the layout of the run record.
const recordSchema = "passdiff-run/1"

// record is OUT.run.json: what was done to get OUT. Everything but Machine is the same for the same pixels and parameters.
type record struct {
	Schema     string     `json:"schema"`
	Parameters parameters `json:"parameters"`
	Before     passRecord `json:"before"`
	After      passRecord `json:"after"`
	Alignment  alignment  `json:"alignment"`
	// Registration is what was measured and done beyond Alignment.
	Registration *registration `json:"registration"`
	Model        *change.Model `json:"model"`
	Coverage     []classRecord `json:"coverage"`
	Counts       counts        `json:"counts"`
	Warnings     []string      `json:"warnings"`
	Machine      machine       `json:"machine"`
}

type parameters struct {
	// Profile is the name of the bundle from which options were taken that were not given; null for none.
	Profile    *string `json:"profile"`
	Method     string  `json:"method"`
	Threshold  string  `json:"threshold"`
	Hysteresis float64 `json:"hysteresis"`
	MMU        string  `json:"mmu"`
	MinPixels  int64   `json:"min_pixels"`
	NoGeoref   bool    `json:"no_georef"`
	Opening    int     `json:"opening"`
	Fill       int     `json:"fill"`
	Simplify   float64 `json:"simplify"`
	AOI        *string `json:"aoi"`
	AOIField   string  `json:"aoi_id_field"`
	AOILayer   string  `json:"aoi_layer"`
	BBox       *BBox   `json:"bbox"`
	// JobID and AOIID stand in every feature; with an AOI file AOIID is the one of its areas that was looked at.
	JobID       *string `json:"job_id"`
	AOIID       *string `json:"aoi_id"`
	Exclude     *string `json:"exclude"`
	Known       *string `json:"known"`
	Masking     Masking `json:"masking"`
	AllowSparse bool    `json:"allow_sparse"`
	Sidecars    bool    `json:"sidecars"`
	AllowRemote bool    `json:"allow_remote"`
	// Drivers are those that were allowed beside GTiff.
	Drivers []string `json:"drivers"`
	// Fit is what the model was fitted on: "sample", "quarter", or "file" when it was read from one, whose SHA-256 is ModelSHA256.
	Fit         string  `json:"fit"`
	ModelSHA256 *string `json:"model_sha256"`
}

type passRecord struct {
	Name       string  `json:"name"`
	Acquired   *string `json:"acquired"`
	TimeSource *string `json:"time_source"`
	// Files are the files of the pass, without folders, and BandNames the bands compared, in order: each by its name or number in its file.
	Files     []string `json:"files"`
	Bands     int      `json:"bands"`
	BandNames []string `json:"band_names"`
	// Scaling is the scale and the offset that turned stored values of each band into those compared; null when no file declares any.
	Scaling [][2]float64 `json:"scaling"`
	Type    string       `json:"type"`
	Mask    *string      `json:"mask"`
	// Resampled says from where the pass was brought onto the before grid.
	Resampled *resampledRecord `json:"resampled"`
	// Chosen are the bands that were asked for; null for all.
	Chosen []string `json:"bands_chosen"`
}

type resampledRecord struct {
	Method    string     `json:"method"`
	CRS       string     `json:"crs"`
	PixelSize [2]float64 `json:"pixel_size"`
}

type alignment struct {
	// Kind is "same grid", "same lattice" when offset or size differ, or "pixel by pixel".
	Kind string `json:"kind"`
	// OffsetPx is where the first pixel of after lies on the before grid: column, row.
	OffsetPx [2]int     `json:"offset_px"`
	CRS      string     `json:"crs"`
	Affine   [6]float64 `json:"affine"`
	Size     [2]int     `json:"size"`
	// Window is the part of the before grid that both passes cover: column, row, width, height.
	Window [4]int `json:"window"`
}

// classRecord is how much of the before grid is in a class of coverage; in m² only with a georeference.
type classRecord struct {
	Class  string   `json:"class"`
	Pixels int64    `json:"pixels"`
	AreaM2 *float64 `json:"area_m2"`
}

type counts struct {
	Features  int64 `json:"features"`
	ChangedPx int64 `json:"changed_px"`
	KeptPx    int64 `json:"kept_px"`
	Weak      int64 `json:"dropped_weak"`
	Small     int64 `json:"dropped_small"`
	// Suppressed regions touch an excluded zone; Known ones lie where something is known.
	Suppressed int64 `json:"suppressed"`
	Known      int64 `json:"known"`
}

// machine is what may differ between two machines, or two ways to store the same pixels, that give the same result.
type machine struct {
	Detect      string        `json:"detect"`
	GDAL        string        `json:"gdal"`
	Go          string        `json:"go"`
	Platform    string        `json:"platform"`
	Threads     int           `json:"threads"`
	Tile        int           `json:"tile"`
	Environment []string      `json:"environment"`
	Before      []machineFile `json:"before"`
	After       []machineFile `json:"after"`
	AOI         *machineArea  `json:"aoi"`
	Exclude     *machineArea  `json:"exclude"`
	Known       *machineArea  `json:"known"`
	Finished    string        `json:"finished"`
	// Stages are the times of the run's stages up to the comparison, in order.
	Stages []stageTime `json:"stages"`
}

// machineArea is the file of the AOI, of excluded zones, or of what was known.
type machineArea struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	ModTime string `json:"mtime"`
}

type machineFile struct {
	Path        string  `json:"path"`
	Size        int64   `json:"size"`
	ModTime     string  `json:"mtime"`
	SHA256      *string `json:"sha256"`
	Driver      string  `json:"driver"`
	Compression string  `json:"compression"`
	Interleave  string  `json:"interleave"`
	Block       [2]int  `json:"block"`
	// Warnings are GDAL's and those about storage, sorted.
	Warnings []string `json:"warnings"`
}

// newRecord describes a run that is done.
func (j *Job) newRecord(in *opened, f fitted, c *coverage, o change.Options, r Result) record {
	passes, m := in.passes, f.Model
	rec := record{
		Schema: recordSchema,
		Parameters: parameters{
			Profile: base(j.Profile), Method: m.Method, Threshold: m.Rule, Hysteresis: math.Round(m.Keep/m.Threshold*1e6) / 1e6, MMU: j.MMU.String(), MinPixels: o.MinPixels,
			NoGeoref: j.NoGeoref, AllowSparse: j.AllowSparse, Sidecars: j.Sidecars, AllowRemote: j.AllowRemote, Drivers: append([]string{}, j.Drivers...), Fit: "sample",
			Opening: o.Opening, Fill: cmp.Or(o.Fill, m.Fill), Simplify: j.Simplify, AOI: base(j.AOI), AOIField: j.AOIField, AOILayer: j.AOILayer, BBox: j.BBox, JobID: orNull(j.JobID), AOIID: orNull(j.AOIID), Exclude: base(j.Exclude), Known: base(j.Known), Masking: j.Masking,
		},
		Before: passes[0].record(), After: passes[1].record(),
		Alignment:    newAlignment(passes, in.pair),
		Registration: f.registered,
		Model:        m,
		Coverage:     c.record(),
		Counts:       counts{Features: r.Regions - r.Suppressed - r.Known, ChangedPx: r.Changed, KeptPx: r.Kept, Weak: r.Weak, Small: r.Small, Suppressed: r.Suppressed, Known: r.Known},
		Warnings:     withoutFolders(r.Warnings, passes),
		Machine: machine{
			Detect: j.Program, GDAL: gdal.Version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
			Threads: j.workers(), Tile: j.Tile, Environment: gdal.Environment(),
			Before: passes[0].machine(), After: passes[1].machine(), AOI: areaFile(j.AOI), Exclude: areaFile(j.Exclude), Known: areaFile(j.Known), Finished: time.Now().UTC().Format(time.RFC3339),
			Stages: j.clock.stages,
		},
	}
	switch {
	case j.Model != "":
		rec.Parameters.Fit, rec.Parameters.ModelSHA256 = "file", &j.modelSum
	case j.FitScene:
		rec.Parameters.Fit = "scene"
	case j.Quarter:
		rec.Parameters.Fit = "quarter"
	}
	return rec
}

// pixelByPixel is the alignment of passes without a georeference.
const pixelByPixel = "pixel by pixel"

// newAlignment describes how the passes lie on each other.
func newAlignment(passes [2]pass, p *raster.Pair) alignment {
	g, ag := passes[0].Info().Grid, passes[1].Info().Grid
	a := alignment{
		Kind: "same grid", OffsetPx: [2]int{p.DX, p.DY}, CRS: g.CRS, Affine: g.Affine, Size: [2]int{g.Width, g.Height},
		Window: [4]int{p.Window.X, p.Window.Y, p.Window.W, p.Window.H},
	}
	switch {
	case !g.Georeferenced():
		a.Kind = pixelByPixel
	case p.DX != 0 || p.DY != 0 || ag.Width != g.Width || ag.Height != g.Height:
		a.Kind = "same lattice"
	}
	return a
}

// orNull is a text; nil for none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// base is a file's name without its folder; nil for none.
func base(path string) *string {
	if path == "" {
		return nil
	}
	b := filepath.Base(path)
	return &b
}

// withoutFolders names files in warnings as scenes, wherever they lie.
func withoutFolders(warnings []string, passes [2]pass) []string {
	out := []string{}
	for _, w := range warnings {
		for _, p := range passes {
			for _, s := range p.scenes() {
				path := s.Facts().Path
				w = strings.ReplaceAll(w, path, filepath.Base(path))
			}
		}
		out = append(out, w)
	}
	return out
}

func (p pass) record() passRecord {
	i := p.Info()
	r := passRecord{Name: i.Name, Bands: i.Bands, Chosen: p.chosen, Type: i.Type.String()}
	if p.at.Known {
		t := p.at.Value.Format(time.RFC3339Nano)
		r.Acquired, r.TimeSource = &t, &p.source
	}
	scaled := false
	for _, s := range p.files {
		f := s.Facts()
		r.Files, r.BandNames = append(r.Files, filepath.Base(f.Path)), append(r.BandNames, s.BandNames()...)
		scaled = scaled || f.Scaling != nil
		for k := range s.BandNames() {
			one := [2]float64{1, 0}
			if f.Scaling != nil {
				one = [2]float64{f.Scaling[k].Scale, f.Scaling[k].Offset}
			}
			r.Scaling = append(r.Scaling, one)
		}
	}
	if !scaled {
		r.Scaling = nil
	}
	if p.classes != nil {
		r.Mask = base(p.classes.Facts().Path)
	}
	if f := p.resampled; f != nil {
		r.Resampled = &resampledRecord{f.Method, f.CRS, [2]float64{f.PixelX, f.PixelY}}
	}
	return r
}

// areaFile is a file of areas as it is now; nil for none.
func areaFile(path string) *machineArea {
	st, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return &machineArea{path, st.Size(), st.ModTime().UTC().Format(time.RFC3339Nano)}
}

// machine lists the files of a pass, its mask raster last.
func (p pass) machine() []machineFile {
	var out []machineFile
	for k, s := range p.scenes() {
		f, i := s.Facts(), s.Info()
		m := machineFile{
			Path: f.Path, Size: f.Size, Driver: f.Driver, Compression: f.Compression, Interleave: f.Interleave, Block: [2]int{i.BlockW, i.BlockH},
			Warnings: append([]string{}, s.Warnings()...),
		}
		slices.Sort(m.Warnings)
		if !f.ModTime.IsZero() {
			m.ModTime = f.ModTime.UTC().Format(time.RFC3339Nano)
		}
		if k < len(p.sums) {
			m.SHA256 = &p.sums[k]
		}
		out = append(out, m)
	}
	return out
}
