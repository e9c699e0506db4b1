package job

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/track"
	"passdiff/geo"
	"passdiff/raster"
)

// ReadFeed reads an output of Run for a store of positions: its features, its record beside it, and its coverage, "" for the file that stands
// beside it, as CoverageName says. Without one the ground that both passes cover stands for it, with a warning where that says too much. What
// does not fit together is refused. Errors carry exit codes.
func ReadFeed(out, coverage string, r *report.Reporter) (*track.Feed, error) {
	switch {
	case !exists(out):
		return nil, exit.Errorf(exit.Input, "%s: no such file", out)
	case !exists(out + recordSuffix):
		return nil, exit.Errorf(exit.Input, "%s: no such file; the run record of %s says what was compared: bring it, or run detect again", out+recordSuffix, out)
	}
	raw, rec, err := loadRecord(out, "")
	if err != nil {
		return nil, err
	}
	if n := rec.Counts.Known; n > 0 {
		return nil, exit.Errorf(exit.Input, "%s: lacks %d detections that --known left out, whose positions would look gone; feed an output of a run without --known", out, n)
	}
	f := &track.Feed{Name: out}
	f.SrcBefore, f.SrcAfter, f.JobID, f.AOIID = rec.Before.Name, rec.After.Name, orEmpty(rec.Parameters.JobID), orEmpty(rec.Parameters.AOIID)
	if f.TBefore, f.TAfter, err = rec.times(out); err != nil {
		return nil, err
	}
	if f.Features, err = readDetections(out, rec); err != nil {
		return nil, err
	}
	if f.Key, err = feedKey(raw, f.Features); err != nil {
		return nil, exit.Errorf(exit.Input, "%s%s: is not a run record: %w", out, recordSuffix, err)
	}
	if coverage == "" {
		if beside := CoverageName(out); exists(beside) {
			coverage = beside
		}
	}
	if coverage != "" {
		f.Exact = true
		f.Observed, f.Digest, err = readCoverage(coverage, out, rec)
		return f, err
	}
	if f.Observed, err = rec.footprint(); err != nil {
		return nil, exit.Errorf(exit.Input, "%s%s: the ground that both passes cover cannot be placed: %w", out, recordSuffix, err)
	}
	w := rec.Alignment.Window
	all, seen := int64(w[2])*int64(w[3]), rec.observed()
	if seen < all {
		r.Warn("%s: %.1f %% of the ground that both passes cover was not observed, and is taken for looked at; run detect with --coverage %s, or name the coverage with --coverage-of",
			out, 100*float64(all-seen)/float64(all), CoverageName(out))
	}
	return f, nil
}

// CoverageName is where the coverage of an output is looked for: changes.coverage.geojson beside changes.geojson.
func CoverageName(out string) string {
	return strings.TrimSuffix(out, filepath.Ext(out)) + ".coverage.geojson"
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// times are the acquisition times of the pair, to the millisecond.
func (rec *record) times(out string) (before, after time.Time, err error) {
	for _, p := range []struct {
		what, flag string
		pass       passRecord
		to         *time.Time
	}{{"BEFORE", "before", rec.Before, &before}, {"AFTER", "after", rec.After, &after}} {
		if p.pass.Acquired == nil {
			return before, after, exit.Errorf(exit.Input, "%s: it is not known when %s was acquired, and positions are ordered by that; run detect again with --%s-time", out, p.what, p.flag)
		}
		t, ok := parseTime(*p.pass.Acquired, isoLayouts...)
		if !ok {
			return before, after, exit.Errorf(exit.Input, "%s%s: %q is not a time", out, recordSuffix, *p.pass.Acquired)
		}
		*p.to = t.Truncate(time.Millisecond)
	}
	if !before.Before(after) {
		return before, after, exit.Errorf(exit.Input, "%s: AFTER was acquired at %s, BEFORE at %s; give the right times with --before-time and --after-time, or swap the passes",
			out, after.Format(time.RFC3339), before.Format(time.RFC3339))
	}
	return before, after, nil
}

// observed is the number of pixels that both passes showed.
func (rec *record) observed() int64 {
	for _, c := range rec.Coverage {
		if c.Class == classNames[classObserved] {
			return c.Pixels
		}
	}
	return 0
}

// readDetections reads the features of an output and refuses those that are not of the run of a record.
func readDetections(out string, rec *record) (all []*geo.Feature, err error) {
	err = eachFeature(out, func(r *geo.Reader, f *geo.Feature) error {
		switch {
		case r.Pixel():
			return errors.New("is in columns and rows; positions need passes with a georeference")
		case f.DetID == "":
			return errors.New("has features without det_id; feed the file as detect run wrote it")
		case f.SrcBefore != rec.Before.Name || f.SrcAfter != rec.After.Name || !sameTime(f.TBefore, rec.Before.Acquired) || !sameTime(f.TAfter, rec.After.Acquired):
			return fmt.Errorf("detection %s is of another pair than the run record beside it; feed each output with its own record", f.DetID)
		}
		all = append(all, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n := int64(len(all)); n != rec.Counts.Features {
		return nil, exit.Errorf(exit.Input, "%s: has %d features, and its run record tells of %d; feed the file as detect run wrote it", out, n, rec.Counts.Features)
	}
	if rec.Alignment.Kind == pixelByPixel {
		return nil, exit.Errorf(exit.Input, "%s: is in columns and rows; positions need passes with a georeference", out)
	}
	slices.SortFunc(all, func(a, b *geo.Feature) int { return cmp.Compare(a.DetID, b.DetID) })
	return all, nil
}

func sameTime(t geo.Opt[time.Time], acquired *string) bool {
	if acquired == nil {
		return !t.Known
	}
	other, ok := parseTime(*acquired, isoLayouts...)
	return ok && t.Known && t.Value.Equal(other)
}

// eachFeature hands the features of a file to a function. Errors name the file.
func eachFeature(path string, do func(*geo.Reader, *geo.Feature) error) error {
	f, err := os.Open(path)
	if err != nil {
		return notFound(path, err)
	}
	defer f.Close()
	r := geo.NewReader(f)
	if lines(path) {
		r = geo.NewLineReader(f)
	}
	for {
		one, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(r, one)
		}
		if err != nil {
			return exit.Errorf(exit.Input, "%s: %w", path, err)
		}
	}
}

// feedKey tells outputs apart: by what their records say outside machine, and by the detections.
func feedKey(raw []byte, features []*geo.Feature) (string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return "", err
	}
	delete(members, "machine")
	data, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(data)
	for _, f := range features {
		fmt.Fprintf(h, "\n%s", f.DetID)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// piece is what a feature of a coverage file says.
type piece struct {
	Properties struct {
		Class  string `json:"class"`
		Pixels int64  `json:"pixels"`
	} `json:"properties"`
}

// readCoverage reads the observed ground of a coverage file, which must be that of the run, by its number of pixels in each class.
func readCoverage(path, out string, rec *record) (m orb.MultiPolygon, digest string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, "", notFound(path, err)
	}
	var c struct {
		Features []piece `json:"features"`
	}
	if lines(path) {
		for line := range bytes.Lines(data) {
			var p piece
			if err := json.Unmarshal(line, &p); err != nil {
				return nil, "", exit.Errorf(exit.Input, "%s: is not the coverage of a run: %w", path, err)
			}
			c.Features = append(c.Features, p)
		}
	} else if err := json.Unmarshal(data, &c); err != nil {
		return nil, "", exit.Errorf(exit.Input, "%s: is not the coverage of a run: %w", path, err)
	}
	pixels := map[string]int64{}
	for _, p := range c.Features {
		pixels[p.Properties.Class] += p.Properties.Pixels
	}
	for _, want := range rec.Coverage {
		if n := pixels[want.Class]; n != want.Pixels {
			return nil, "", exit.Errorf(exit.Input, "%s: is not the coverage of %s: it has %d pixels of %s, the run record %d; name the right one with --coverage-of", path, out, n, want.Class, want.Pixels)
		}
	}
	err = eachFeature(path, func(_ *geo.Reader, f *geo.Feature) error {
		if !strings.HasPrefix(f.ID, classNames[classObserved]+"-") {
			return nil
		}
		switch g := f.Geometry.(type) {
		case orb.Polygon:
			m = append(m, g)
		case orb.MultiPolygon:
			m = append(m, g...)
		}
		return nil
	})
	sum := sha256.Sum256(data)
	return m, hex.EncodeToString(sum[:]), err
}

// footprint is the ground that both passes cover, in longitude and latitude.
func (rec *record) footprint() (orb.MultiPolygon, error) {
	a := rec.Alignment
	p, err := newPlace(raster.Grid{CRS: a.CRS, Affine: a.Affine, Width: a.Size[0], Height: a.Size[1]})
	if err != nil {
		return nil, err
	}
	defer p.close()
	x0, y0, x1, y1 := float64(a.Window[0]), float64(a.Window[1]), float64(a.Window[0]+a.Window[2]), float64(a.Window[1]+a.Window[3])
	placed, err := p.Place(orb.Polygon{{{x0, y0}, {x0, y1}, {x1, y1}, {x1, y0}, {x0, y0}}})
	if err != nil {
		return nil, err
	}
	if m, ok := placed.Geometry.(orb.MultiPolygon); ok {
		return m, nil
	}
	return orb.MultiPolygon{placed.Geometry.(orb.Polygon)}, nil
}
