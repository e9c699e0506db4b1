package tilegen

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// committed is the folder of the tiles kept in the repository.
var committed = filepath.Join("..", "..", "..", "..", "testdata", "tiles")

// sumLine is a row of the README's table of files.
var sumLine = regexp.MustCompile("(?m)^\\| `(\\w+\\.tif)` .*\\| `([0-9a-f]{64})` \\|$")

func open(t *testing.T, path string) *gdal.Scene {
	t.Helper()
	scene, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := scene.Close(); err != nil {
			t.Error(err)
		}
	})
	return scene
}

func digest(t *testing.T, src raster.Source) string {
	t.Helper()
	sum, err := Digest(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestTilesAreReproduced makes the tiles anew: the page and the truth must be the committed ones byte for byte, the rasters pixel for
// pixel, and the sums on the page those of the files.
func TestTilesAreReproduced(t *testing.T) {
	dir := t.TempDir()
	if err := WriteTiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, e := range entries {
		name := e.Name()
		if filepath.Ext(name) == ".tif" {
			fresh, old := open(t, filepath.Join(dir, name)), open(t, filepath.Join(committed, name))
			was := old.Info()
			was.Label = fresh.Info().Label // the folders differ
			if fresh.Info() != was {
				t.Errorf("%s is %+v, committed %+v", name, fresh.Info(), was)
				continue
			}
			if sums[name] = digest(t, old); digest(t, fresh) != sums[name] {
				t.Errorf("%s differs from the committed one; run make tiles", name)
				compare(t, readAll(t, old), readAll(t, fresh)) // says where
			}
			continue
		}
		fresh, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if old, err := os.ReadFile(filepath.Join(committed, name)); err != nil || !bytes.Equal(fresh, old) {
			t.Errorf("%s differs from the committed one; run make tiles (%v)", name, err)
		}
	}
	page, err := os.ReadFile(filepath.Join(committed, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := sumLine.FindAllStringSubmatch(string(page), -1)
	if len(lines) != len(sums) || len(sums) == 0 {
		t.Errorf("README lists %d files of %d", len(lines), len(sums))
	}
	for _, m := range lines {
		if sums[m[1]] != m[2] {
			t.Errorf("%s has pixels %s, README says %s", m[1], sums[m[1]], m[2])
		}
	}
}

// TestTilesStaySmall keeps the repository's tiles within 3 MB, and nothing but tiles among them.
func TestTilesStaySmall(t *testing.T) {
	const most = 3_000_000
	var total int64
	var objects int
	err := filepath.WalkDir(committed, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		switch filepath.Ext(path) {
		case ".tif", ".md":
		case ".json":
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			var truth Truth
			if err := json.Unmarshal(data, &truth); err != nil {
				return err
			}
			objects += len(truth.Objects)
		default:
			t.Errorf("%s does not belong here", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > most {
		t.Errorf("tiles take %d bytes, more than %d", total, most)
	}
	if objects < 200 {
		t.Errorf("tiles have only %d objects", objects)
	}
}

// TestFilesHoldThePixels writes a scene in every layout and reads it back.
func TestFilesHoldThePixels(t *testing.T) {
	layouts := []Layout{
		{}, {Tile: 64, Compression: "ZSTD"}, {Rows: 8, Compression: "LZW"}, {Rows: 40, Compression: "NONE"},
		{Tile: 32, BandInterleave: true}, {Tile: 128, Mask: true}, {Rows: 5, BandInterleave: true, Compression: "ZSTD"},
	}
	types := []raster.DataType{raster.Uint8, raster.Uint16, raster.Float32}
	for i, layout := range layouts {
		spec := Spec{
			Seed: 9, Width: 130, Height: 90, Bands: 3, Type: types[i%3], Objects: 5, Noise: 10, Collar: 5, Clouds: 1,
			BeforeLayout: layout, AfterLayout: layouts[(i+1)%len(layouts)], BeforeTime: "2024-05-01T10:30:00Z",
		}
		scene := newScene(t, spec)
		files, err := scene.Write(t.Context(), filepath.Join(t.TempDir(), "pair"), "scene")
		if err != nil {
			t.Fatal(err)
		}
		for path, src := range map[string]raster.Source{
			files.Before: scene.Before(), files.After: scene.After(), files.Truth: scene.TruthRaster(), files.Cloud: scene.CloudRaster(),
		} {
			file := open(t, path)
			want := src.Info()
			want.Name, want.Label, want.Costly = file.Info().Name, file.Info().Label, file.Info().Costly
			if got := file.Info(); got != want {
				t.Errorf("%s in %v is %+v, want %+v", path, layout, got, want)
			}
			if digest(t, file) != digest(t, src) {
				t.Errorf("%s in %v has other pixels", path, layout)
			}
		}
		if got := open(t, files.Before).Facts().Acquired; got != spec.BeforeTime {
			t.Errorf("acquired %q", got)
		}
	}
}

func TestTruthFileIsRead(t *testing.T) {
	scene := newScene(t, specs()["farmland"])
	want := scene.Truth()
	var file bytes.Buffer
	if _, err := want.WriteTo(&file); err != nil {
		t.Fatal(err)
	}
	var got Truth
	if err := json.Unmarshal(file.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, file.Bytes())
	}
	if len(got.Objects) != len(want.Objects) || got.Objects[3] != want.Objects[3] || got.Seed != want.Seed {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if n := bytes.Count(file.Bytes(), []byte("\n")); n != len(want.Objects)+2 {
		t.Errorf("%d lines for %d objects", n, len(want.Objects))
	}
}
