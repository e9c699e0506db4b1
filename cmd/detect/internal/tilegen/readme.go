package tilegen

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"

	"passdiff/raster"
)

const readmeHead = `# Small pairs with known truth

Synthetic pairs for tests and for trying things out; under 3 MB in all. ` + "`make tiles`" + ` makes them anew, this page included, with
the same pixels on every machine (the bytes of the files depend on the GDAL version).

Each pair has ` + "`NAME_before.tif` and `NAME_after.tif`" + `, and what is known of it:

- ` + "`NAME_truth.tif`" + `, uint8 on the before grid: 0 unchanged, 1 changed, 255 not observable (nodata in either pass, or outside the after
  pass). What lies under a cloud keeps its class.
- ` + "`NAME_truth.json`" + `: drift, noise, misregistration and pixel counts, then for each object its kind (appeared, disappeared, altered), shape,
  pixels, how many of them a cloud hides, bbox (xmin, ymin, xmax, ymax, half-open) and centroid, in pixels of the before grid. Objects
  are 4-connected, at least 3 px apart and wholly observable.
- ` + "`NAME_cloud.tif`" + `, where the after pass has clouds, uint8 on the after grid: 0 clear, 1 cloud. Every pixel that a cloud touches is 1.

A pass with a nodata collar stores 0 there and declares it. Values are DN: reflectance × 10000 divided by the step in the first table.

| pair | what for | seed | bands | grid | objects | changed px | not observable px | cloudy px |
|--|--|--|--|--|--|--|--|--|
`

// readmeSums stands between the two tables.
const readmeSums = `
The sum is the sha256 of the pixels, whatever the layout: of a line ` + "`WIDTHxHEIGHTxBANDS TYPE`" + `, then, row by row, each band's values
(little-endian, zeros where not valid) and a byte a pixel that is 255 where it is valid and 0 where not.

| file | pixels | stored as | sha256 of the pixels |
|--|--|--|--|
`

// readme gathers the page that lists the tiles.
type readme struct {
	pairs, files bytes.Buffer
}

// add lists a scene that was written as name.
func (r *readme) add(t Tile, scene *Scene, files Files) {
	s, truth := scene.Spec(), scene.Truth()
	fmt.Fprintf(&r.pairs, "| `%s` | %s | %d | %d × %v, step %d | %s, %g m | %d | %d | %d | %d |\n", t.Name, t.About, s.Seed, s.Bands, s.Type,
		s.Step, s.CRS, s.PixelSize, len(truth.Objects), truth.Changed, truth.NotObserved, truth.Cloudy)
	for _, f := range []struct {
		path   string
		grid   raster.Grid
		layout Layout
	}{
		{files.Before, s.beforeGrid(), s.BeforeLayout},
		{files.After, s.afterGrid(), s.AfterLayout},
		{files.Truth, s.beforeGrid(), classLayout},
		{files.Cloud, s.afterGrid(), classLayout},
	} {
		if f.path != "" {
			fmt.Fprintf(&r.files, "| `%s` | %d×%d | %v | `%s` |\n", filepath.Base(f.path), f.grid.Width, f.grid.Height, f.layout, files.Digests[f.path])
		}
	}
}

// page is the whole page.
func (r *readme) page() []byte {
	return slices.Concat([]byte(readmeHead), r.pairs.Bytes(), []byte(readmeSums), r.files.Bytes())
}
