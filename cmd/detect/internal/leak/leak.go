// Package leak looks through the bytes of a package for what its policy does not let a partner know. It shares nothing with the package that
// makes releases, neither the selection nor the grid: it knows what may stand in a package, and whatever else stands there is a leak. Of what stands there
// it asks what can be asked of a package: whether the policy's rules let such a thing be told, and at such a place.
package leak

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/policy"
)

// Check looks through a folder. Its error lists what it found, up to mostFound, and carries exit.Unverified.
func Check(dir string, p *policy.Policy) error {
	files, err := load(dir)
	if err != nil {
		return err
	}
	c := newChecker(p, dir)
	c.run(files)
	if len(c.found) == 0 {
		return nil
	}
	return exit.With(exit.Unverified, errors.Join(c.found...))
}

// Names of what a package may hold: all of needed, and one of signatures.
var (
	needed     = []string{"README.txt", "SHA256SUMS", "codebook.csv", "coverage.geojson", "detections.geojson", "manifest.json", "schema.json"}
	signatures = []string{"SHA256SUMS.minisig", "SHA256SUMS.sig"}
)

// mostFile is the most bytes of a file that is looked through.
const mostFile = 256 << 20

// load reads a folder of plain files.
func load(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: cannot be read: %w", dir, err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, exit.With(exit.Input, err)
		}
		if !info.Mode().IsRegular() || info.Size() > mostFile {
			return nil, exit.Errorf(exit.Unverified, "%s: %s is no plain file of up to %d bytes", dir, e.Name(), mostFile)
		}
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			return nil, exit.With(exit.Input, err)
		}
	}
	return files, nil
}

// mostFound is how many leaks are listed.
const mostFound = 20

type checker struct {
	rules  *policy.Policy
	ground *ground
	dir    string
	found  []error
	// told is what manifest.json says, nil when it cannot be read; at is when the package was created.
	told *manifest
	at   time.Time
	// guarded is how many features are told as those near protected places are, and approved how many may be.
	guarded, approved int
}

func newChecker(p *policy.Policy, dir string) *checker {
	c := &checker{rules: p, ground: newGround(p.Rules), dir: dir}
	for _, yes := range p.Approved {
		if yes {
			c.approved++
		}
	}
	return c
}

// leak notes something that may not stand in a file.
func (c *checker) leak(file, format string, args ...any) {
	if len(c.found) < mostFound {
		c.found = append(c.found, fmt.Errorf("%s: %s: %s", c.dir, file, fmt.Sprintf(format, args...)))
	}
}

func (c *checker) run(files map[string][]byte) {
	signed := 0
	for name := range files {
		switch {
		case slices.Contains(signatures, name):
			signed++
		case !slices.Contains(needed, name):
			c.leak(strconv.Quote(name), "is no file of a package")
		}
	}
	if signed != 1 {
		c.leak("SHA256SUMS", "has %d signatures beside it, and one is needed", signed)
	}
	for _, name := range needed {
		if _, ok := files[name]; !ok {
			c.leak(name, "is missing")
			return
		}
	}
	c.manifest(files)
	c.detections(files["detections.geojson"])
	c.coverage(files["coverage.geojson"])
	c.readme(files["README.txt"])
	c.same("codebook.csv", files["codebook.csv"], c.codebook())
	c.same("schema.json", files["schema.json"], c.schema())
	c.sums(files)
}
