package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"passdiff/cmd/detect/internal/jobs"
	"passdiff/docs"
)

// TestJobsSchema wants the schema to know every option of detect run but those that batch sets itself.
func TestJobsSchema(t *testing.T) {
	t.Parallel()
	own := []string{"overwrite", "record", "mask-out", "score", "coverage", "save-model", "job-id", "aoi-id", "jobs", "plan", "shard", "out"}
	var schema struct {
		Defs struct {
			Options struct {
				Properties map[string]struct{ Type string }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(docs.JobsSchema, &schema); err != nil {
		t.Fatal(err)
	}
	known := schema.Defs.Options.Properties
	var o runOptions
	cmd := &cobra.Command{}
	o.flags(cmd)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		p, ok := known[f.Name]
		if ok == slices.Contains(own, f.Name) {
			t.Errorf("--%s: that the schema knows it is %v", f.Name, ok)
		}
		if ok && (p.Type == "boolean") != (f.Value.Type() == "bool") {
			t.Errorf("--%s is a %s, and %q in the schema", f.Name, f.Value.Type(), p.Type)
		}
		delete(known, f.Name)
	})
	if len(known) > 0 {
		t.Errorf("the schema knows options that detect run has not: %v", slices.Collect(maps.Keys(known)))
	}
}

// tinyPairs writes a file of n jobs of tiny pairs and returns its path. Every tenth pair is refused, and some pairs have nothing.
func tinyPairs(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 4 {
		options := []string{"size=80x64", "pass=" + strconv.Itoa(i)}
		for k := range i {
			options = append(options, fmt.Sprintf("box=%d,%d,8,6", 10+20*k, 20))
		}
		p, err := parsePicture(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.write(filepath.Join(dir, fmt.Sprintf("p%d.tif", i))); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	b.WriteString("version: 1\ndefaults: {options: {method: cva, threshold: 'fixed:8', mmu: 4px}, outputs: [mask]}\njobs:\n")
	for i := range n {
		after := fmt.Sprintf("p%d.tif", 1+i%3)
		if i%10 == 9 {
			after = "none.tif"
		}
		fmt.Fprintf(&b, "  - {id: job%d, before: p0.tif, after: %s}\n", i, after)
	}
	path := filepath.Join(dir, "jobs.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// batchFiles are the files of a batch by name, JSON without the keys machine. Hidden ones are left out.
func batchFiles(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".json") {
			if data, err = unlikeMachines(data); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		name, err := filepath.Rel(dir, path)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// unlikeMachines is JSON without the keys machine, at whatever depth.
func unlikeMachines(data []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	var clean func(any)
	clean = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, "machine")
			for _, one := range v {
				clean(one)
			}
		case []any:
			for _, one := range v {
				clean(one)
			}
		}
	}
	clean(v)
	return json.Marshal(v)
}

// batchRecord is what tests read of batch.json.
type batchRecord struct {
	Counts struct{ Pairs, Done, Refused, Failed int }
	Pairs  []struct {
		Name, Status string
		Why          *string
		Warnings     []string
		Machine      struct {
			Seconds float64
			Command string
		}
	}
}

func readBatch(t testing.TB, dir string) (r batchRecord) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "batch.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// likeSingleRuns wants the outputs of a batch to be those of single runs with the same options, job, area and names.
func likeSingleRuns(t *testing.T, path, dir string, pairs []jobs.Pair, good func(name string) bool) {
	t.Helper()
	one := t.TempDir()
	n := 0
	for _, p := range pairs {
		if !good(p.Name) {
			continue
		}
		n++
		if err := os.MkdirAll(filepath.Join(one, filepath.Dir(p.Name)), 0o755); err != nil {
			t.Fatal(err)
		}
		args := []string{"run", p.Before, p.After, p.Out(one), "-q", "--job-id", p.Job}
		for _, o := range p.Options {
			if o.Flag != "job-id" {
				args = append(args, "--"+o.Flag+"="+o.Value)
			}
		}
		if slices.Contains(p.Outputs, "mask") {
			args = append(args, "--mask-out", strings.TrimSuffix(p.Out(one), ".geojson")+".mask.tif")
		}
		call{}.succeed(t, args...)
	}
	got, want := batchFiles(t, dir), batchFiles(t, one)
	for name, content := range want {
		if got[name] != content {
			t.Errorf("%s: %s is not as a single run makes it", path, name)
		}
	}
	if len(want) < 3*n || n == 0 {
		t.Errorf("%d pairs have %d files", n, len(want))
	}
}
