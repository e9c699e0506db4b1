package batch

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"

	"passdiff/cmd/detect/internal/jobs"
	"passdiff/raster/gdal"
)

const (
	recordName   = "batch.json"
	recordSchema = "passdiff-batch/1"
)

// How a pair can end.
const (
	done    = "done"
	nothing = "nothing changed"
	refused = "refused"
	failed  = "failed"
)

// record is batch.json. Everything outside the keys machine is the same for the same inputs, jobs and version.
type record struct {
	Schema   string       `json:"schema"`
	Jobs     string       `json:"jobs"`
	Counts   endings      `json:"counts"`
	Combined combined     `json:"combined"`
	Pairs    []entry      `json:"pairs"`
	Machine  batchMachine `json:"machine"`
}

// endings is how many pairs ended how.
type endings struct {
	Pairs   int `json:"pairs"`
	Done    int `json:"done"`
	Nothing int `json:"nothing_changed"`
	Refused int `json:"refused"`
	Failed  int `json:"failed"`
}

type batchMachine struct {
	Detect   string `json:"detect"`
	GDAL     string `json:"gdal"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// entry says how one pair ended.
type entry struct {
	Name   string  `json:"name"`
	Job    string  `json:"job"`
	AOI    *string `json:"aoi"`
	Before string  `json:"before"`
	After  string  `json:"after"`
	Status string  `json:"status"`
	// Why is set where the pair was refused or failed.
	Why *string `json:"why"`
	// ExitCode is that of detect run; null when a signal ended it.
	ExitCode *int     `json:"exit_code"`
	Counts   *counts  `json:"counts"`
	Warnings []string `json:"warnings"`
	// Outputs are the files, from the folder of the batch.
	Outputs []string `json:"outputs"`
	Machine machine  `json:"machine"`
}

// counts are some of those of the run record, and the pixels that were observed.
type counts struct {
	Features   int64 `json:"features"`
	Suppressed int64 `json:"suppressed"`
	Known      int64 `json:"known"`
	ChangedPx  int64 `json:"changed_px"`
	KeptPx     int64 `json:"kept_px"`
	ObservedPx int64 `json:"observed_px"`
}

// machine is what may differ between two runs of the same.
type machine struct {
	Seconds float64 `json:"seconds"`
	// Command runs the pair alone, in the working directory Directory.
	Command   string `json:"command"`
	Directory string `json:"directory"`
	// Stderr is what C libraries and the runtime said, clipped.
	Stderr []string `json:"stderr"`
}

// newEntry is an entry of a pair that has not ended.
func newEntry(p jobs.Pair) entry {
	e := entry{Name: p.Name, Job: p.Job, Before: p.Before, After: p.After, Warnings: []string{}, Outputs: []string{}}
	if p.AOI != "" {
		e.AOI = &p.AOI
	}
	return e
}

// failed is the entry of a pair of which nothing stands.
func (e entry) failed(why string) entry {
	e.Status, e.Why, e.Counts, e.Outputs, e.Warnings = failed, &why, nil, []string{}, []string{}
	return e
}

// settle says how a pair ended whose child has.
func (b *Batch) settle(t Task, end ending) entry {
	e := newEntry(t.Pair)
	if end.code >= 0 {
		e.ExitCode = &end.code
	}
	if end.code != 0 {
		why, own := end.reason()
		if e = e.failed(why); own {
			e.Status = refused
		}
		return e
	}
	for _, in := range t.now.Inputs {
		if in.changed() {
			return e.failed(in.path + " has changed meanwhile; run it again when it is complete")
		}
	}
	run, err := readRun(t.Record(b.Dir))
	if err != nil {
		return e.failed("its run record cannot be read: " + err.Error())
	}
	e.Counts, e.Warnings = &run.Counts, append(e.Warnings, run.Warnings...)
	for _, c := range run.Coverage {
		if c.Class == "observed" {
			e.Counts.ObservedPx = c.Pixels
		}
	}
	if e.Status = done; e.Counts.Features == 0 {
		e.Status = nothing
	}
	for _, f := range t.Files(b.Dir) {
		e.Outputs = append(e.Outputs, b.short(f))
	}
	return e
}

// run is what is read of a run record.
type run struct {
	Counts   counts   `json:"counts"`
	Warnings []string `json:"warnings"`
	Coverage []struct {
		Class  string `json:"class"`
		Pixels int64  `json:"pixels"`
	} `json:"coverage"`
}

func readRun(name string) (r run, err error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(data, &r)
}

// newRecord describes a batch that is done.
func (b *Batch) newRecord(entries []entry, c combined) record {
	r := record{
		Schema: recordSchema, Jobs: filepath.Base(b.Jobs.Path), Counts: endings{Pairs: len(entries)}, Combined: c, Pairs: entries,
		Machine: batchMachine{Detect: b.Program, GDAL: gdal.Version(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH},
	}
	n := &r.Counts
	for _, e := range entries {
		switch e.Status {
		case done:
			n.Done++
		case nothing:
			n.Nothing++
		case refused:
			n.Refused++
		default:
			n.Failed++
		}
	}
	return r
}
