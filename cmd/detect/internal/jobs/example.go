package jobs

import (
	_ "embed"
	"strings"
)

//go:embed example.yaml
var example string

// Example is a commented file of jobs on the pairs of testdata/tiles, which lie in the folder tiles as seen from the file.
func Example(tiles string) string { return strings.ReplaceAll(example, "TILES", tiles) }
