package jobs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/jobs"
)

func ExampleRead() {
	dir, err := os.MkdirTemp("", "jobs")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "jobs.yaml")
	if err := os.WriteFile(path, []byte(`
version: 1
jobs:
  - id: harbour
    before: may.tif
    after: june.tif
    options: {mmu: 400m2}
`), 0o644); err != nil {
		panic(err)
	}
	file, err := jobs.Read(path, jobs.Rules{})
	if err != nil {
		panic(err)
	}
	for _, p := range file.Pairs {
		fmt.Println(p.Job, p.Options, filepath.Base(p.Before))
		fmt.Println(strings.HasPrefix(p.Name, "harbour-"), strings.Contains(p.Name, "/may_june-"))
	}
	// Output:
	// harbour [{job-id harbour} {mmu 400m2}] may.tif
	// true true
}
