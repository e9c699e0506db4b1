package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/geo"
)

// ReadInput reads an output of detect, and what was looked at for it when its coverage and its run record stand beside it: changes.coverage.geojson and
// changes.geojson.run.json beside changes.geojson. Errors carry exit codes.
func ReadInput(path string) (PlanInput, []*Input, *Looked, error) {
	in := PlanInput{PlanFile: PlanFile{Path: path}}
	data, err := readFile(path, &in.PlanFile)
	if err != nil {
		return in, nil, nil, err
	}
	features, err := parseInput(data, strings.HasSuffix(path, ".geojsonl"))
	if err != nil {
		return in, nil, nil, exit.Errorf(exit.Input, "%s: %w", path, err)
	}
	coverage, record := PlanFile{Path: strings.TrimSuffix(path, filepath.Ext(path)) + ".coverage.geojson"}, PlanFile{Path: path + ".run.json"}
	ground, err := readFile(coverage.Path, &coverage)
	if errors.Is(err, fs.ErrNotExist) {
		return in, features, nil, nil
	}
	if err != nil {
		return in, nil, nil, err
	}
	run, err := readFile(record.Path, &record)
	if err != nil {
		return in, nil, nil, fmt.Errorf("%w; the times of %s stand there", err, coverage.Path)
	}
	in.Coverage, in.Record = &coverage, &record
	l := &Looked{}
	if l.Ground, err = parseCoverage(ground); err != nil {
		return in, nil, nil, exit.Errorf(exit.Input, "%s: is not the coverage of a run: %w", coverage.Path, err)
	}
	var times struct {
		Before struct {
			Acquired geo.Opt[time.Time] `json:"acquired"`
		} `json:"before"`
		After struct {
			Acquired geo.Opt[time.Time] `json:"acquired"`
		} `json:"after"`
	}
	if err := json.Unmarshal(run, &times); err != nil {
		return in, nil, nil, exit.Errorf(exit.Input, "%s: is not a run record: %w", record.Path, err)
	}
	l.TBefore, l.TAfter = times.Before.Acquired, times.After.Acquired
	return in, features, l, nil
}

// mostInput is the most bytes of an input.
const mostInput = 1 << 30

// readFile reads a file and notes its SHA-256.
func readFile(path string, f *PlanFile) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, mostInput+1))
	switch {
	case err != nil:
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	case len(data) > mostInput:
		return nil, exit.Errorf(exit.Input, "%s: is larger than %d MiB; release it in parts", path, mostInput>>20)
	}
	f.SHA256 = sum(data)
	return data, nil
}

// parseInput reads features, and what others said of them.
func parseInput(data []byte, lines bool) ([]*Input, error) {
	r := geo.NewReader(bytes.NewReader(data))
	if lines {
		r = geo.NewLineReader(bytes.NewReader(data))
	}
	var all []*Input
	for {
		f, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		all = append(all, &Input{Feature: *f})
	}
	if r.Pixel() {
		return nil, errors.New("is in columns and rows; a release needs longitude and latitude")
	}
	// A name may be spelt with escapes.
	if !bytes.Contains(data, []byte(propTLP)) && !bytes.Contains(data, []byte(`\u`)) {
		return all, parcel.Distinct(data)
	}
	if lines {
		data = collection(data)
	}
	carried, err := parcel.ParseFeatures(data)
	if err != nil {
		return nil, err
	}
	for i, f := range carried {
		all[i].TLP, all[i].Handling = parcel.TLP(f.Text(propTLP)), f.Text(propHandling)
		all[i].NoOnward = f.Get("no_onward") == true
		all[i].Origins, all[i].OriginsAny = tokens(f.Text(propOrigins)), tokens(f.Text(propAny))
	}
	return all, nil
}

// collection is a collection of the features of a file that has one a line.
func collection(lines []byte) []byte {
	var features [][]byte
	for line := range bytes.Lines(lines) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			features = append(features, line)
		}
	}
	return slices.Concat([]byte(`{"type":"FeatureCollection","features":[`), bytes.Join(features, []byte(",")), []byte("]}"))
}

// tokens reads a list with commas between, and spaces within sets, without what does not have the form of parcel.Origin: others could say
// anything.
func tokens(list string) []string {
	between := func(r rune) bool { return r == ',' || r == ' ' }
	return slices.DeleteFunc(strings.FieldsFunc(list, between), func(s string) bool { return !parcel.IsOrigin(s) })
}

// parseCoverage reads the ground that a file of coverage says was observed.
func parseCoverage(data []byte) (m orb.MultiPolygon, err error) {
	r := geo.NewReader(bytes.NewReader(data))
	for {
		f, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return m, nil
		case err != nil:
			return nil, err
		case r.Pixel():
			return nil, errors.New("is in columns and rows")
		}
		if p, ok := polygons(f.Geometry); ok && strings.HasPrefix(f.ID, "observed-") {
			m = append(m, p...)
		}
	}
}
