// Package jobs reads the file of jobs of a batch: YAML that names pairs of passes, or series of passes with a rule for pairing, and what
// detect run is to do with them. docs/jobs.schema.json is its form, docs/batch.md explains it.
package jobs

import (
	"path/filepath"
	"slices"

	"passdiff/cmd/detect/internal/job"
)

// File is what a file of jobs asks for.
type File struct {
	// Path is where it was read from.
	Path string
	// Pairs are all comparisons: by job in the order of the file, then by AOI in the order of theirs, then by time.
	Pairs []Pair
}

// Pair is one comparison of a batch: a job on one AOI.
type Pair struct {
	// Job is the id of the job.
	Job string
	// AOI is the id of the area in its file; "" when the job has no aois.
	AOI string
	// Name is unique in the file: the folder and the stem of the pair's outputs, with a slash between them, in characters [a-z0-9._-].
	Name string
	// Before and After are what detect run takes by these names, relative to the working directory as Read's path was.
	Before, After string
	// Options are those of detect run by flag name, sorted by it, with defaults and overrides merged. What says which job, AOI, times and
	// masks is among them; what names outputs is not.
	Options []Option
	// Outputs are those wanted beside the GeoJSON and its run record, of mask, score, coverage and model, in this order.
	Outputs []string
}

// Option is an option of detect run: its long name without dashes, and its value.
type Option struct{ Flag, Value string }

// Rules are what detect run says of its options. A nil function accepts everything.
type Rules struct {
	// Option refuses a value that a flag cannot have.
	Option func(flag, value string) error
	// Run refuses arguments that cannot go together, without looking at files.
	Run func(args []string) error
}

// extras are the outputs that may be wanted, in order: the flag that names the file and how its name ends.
var extras = []struct{ output, flag, ends string }{
	{"mask", "mask-out", ".mask.tif"},
	{"score", "score", ".score.tif"},
	{"coverage", "coverage", ".coverage.geojson"},
	{"model", "save-model", ".model.json"},
}

// Out is the GeoJSON of the pair in the folder dir.
func (p Pair) Out(dir string) string { return p.file(dir, ".geojson") }

// Record is the run record of the pair in the folder dir.
func (p Pair) Record(dir string) string { return p.Out(dir) + ".run.json" }

// Files are the outputs of the pair in the folder dir: Out and Record, and those that Outputs names. The style that run puts beside Out is
// not among them.
func (p Pair) Files(dir string) []string {
	files := []string{p.Out(dir), p.Record(dir)}
	for _, e := range extras {
		if slices.Contains(p.Outputs, e.output) {
			files = append(files, p.file(dir, e.ends))
		}
	}
	return files
}

// file is a file of the pair in dir.
func (p Pair) file(dir, ends string) string {
	return filepath.Join(dir, filepath.FromSlash(p.Name)) + ends
}

// Args are the arguments of detect run for the pair, with its outputs in dir: options first, then BEFORE, AFTER and OUT.
func (p Pair) Args(dir string) []string {
	var args []string
	for _, o := range p.Options {
		args = append(args, "--"+o.Flag+"="+o.Value)
	}
	for _, e := range extras {
		if slices.Contains(p.Outputs, e.output) {
			args = append(args, "--"+e.flag+"="+p.file(dir, e.ends))
		}
	}
	return append(args, p.Before, p.After, p.Out(dir))
}

// Option is the value of an option, "" when it is not given.
func (p Pair) Option(flag string) string {
	for _, o := range p.Options {
		if o.Flag == flag {
			return o.Value
		}
	}
	return ""
}

// Input is a file that a pair reads.
type Input struct {
	// What is the argument or the option that names it: BEFORE, AFTER, aoi and so on.
	What string
	// Path is relative as in Pair. A pass whose bands are files of their own is several.
	Path string
	// Raster tells passes and masks from vector files and models.
	Raster bool
}

// Inputs are the files that the pair reads, in a fixed order.
func (p Pair) Inputs() []Input {
	var all []Input
	for _, pass := range []Input{{"BEFORE", p.Before, true}, {"AFTER", p.After, true}} {
		for _, path := range job.SplitPaths(pass.Path) {
			all = append(all, Input{pass.What, path, true})
		}
	}
	for _, f := range fileOptions {
		if path := p.Option(f.flag); path != "" {
			all = append(all, Input{f.flag, path, f.raster})
		}
	}
	return all
}

// fileOptions are the options whose value is a file that is read.
var fileOptions = []struct {
	flag   string
	raster bool
}{{"before-mask", true}, {"after-mask", true}, {"aoi", false}, {"exclude", false}, {"known", false}, {"model", false}}

// isFile reports whether the value of an option is a file.
func isFile(flag string) bool {
	for _, f := range fileOptions {
		if f.flag == flag {
			return true
		}
	}
	return false
}
