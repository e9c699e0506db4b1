package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// readmeFiles are the inputs that the examples of README name, as files of testdata/tiles; masks and areas are written beside them.
var readmeFiles = map[string]string{
	"before.tif": "coast_before.tif", "after.tif": "coast_after.tif",
	"B02.tif": "plain_before.tif", "B03.tif": "plain_before.tif", "B04.tif": "plain_before.tif",
	"later/B02.tif": "plain_after.tif", "later/B03.tif": "plain_after.tif", "later/B04.tif": "plain_after.tif",
	"cloud.tif": "coast_truth.tif", "qa.tif": "coast_truth.tif",
}

const readmeAreas = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"bay"},"geometry":{"type":"Polygon","coordinates":
[[[-48.916,-27.699],[-48.906,-27.699],[-48.906,-27.691],[-48.916,-27.691],[-48.916,-27.699]]]}}]}`

// TestReadmeExamples runs every example line of README as it stands there, on small files of the names that it uses.
func TestReadmeExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("runs what other tests run, too; not with -short")
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range strings.Split(string(readme), "\n") {
		example, ok := strings.CutPrefix(line, "    detect ")
		if whole := strings.TrimSpace(line); strings.HasPrefix(whole, "bin/detect batch ") {
			example, ok = strings.TrimPrefix(strings.ReplaceAll(whole, "bin/detect", "detect"), "detect "), true
		}
		if !ok {
			continue
		}
		n++
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			dir := readmeFolder(t)
			if strings.Contains(example, ".jp2") {
				for _, pass := range []string{"before", "after"} {
					out, err := exec.Command("gdal_translate", "-q", "-of", "JP2OpenJPEG", filepath.Join(dir, pass+".tif"), filepath.Join(dir, pass+".jp2")).CombinedOutput()
					if err != nil {
						t.Skipf("gdal_translate cannot write JPEG 2000: %v: %s", err, out)
					}
				}
			}
			if strings.HasPrefix(example, "score ") {
				place(t, dir, "mask.tif", "coast_truth.tif")
				place(t, dir, "truth.tif", "coast_truth.tif")
			}
			if strings.HasPrefix(example, "batch ") || strings.Contains(example, "plan.json") {
				if err := os.MkdirAll(filepath.Join(dir, "testdata"), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(tiles, filepath.Join(dir, "testdata", "tiles")); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(example, "--init") {
					call{dir: dir}.succeed(t, "batch", "--init", "jobs.yaml")
				}
			}
			if strings.Contains(example, "--plan plan.json") {
				call{dir: dir}.succeed(t, "plan", "jobs.yaml", "plan.json", "--shards", "2", "-q")
			}
			if strings.HasPrefix(example, "merge ") {
				for _, i := range []string{"0", "1"} {
					call{dir: dir}.succeed(t, "run", "--plan", "plan.json", "--shard", i, "-q")
				}
				if err := os.Mkdir(filepath.Join(dir, "results"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(example, "site.gpkg") {
				call{dir: dir}.succeed(t, "run", "before.tif", "after.tif", "first.geojson", "-q")
				call{dir: dir}.succeed(t, "track", "site.gpkg", "first.geojson", "-q")
			}
			if strings.HasPrefix(example, "release ") {
				readyRelease(t, dir, strings.Fields(example)[1])
			}
			switch {
			case strings.HasPrefix(example, "track "), strings.HasPrefix(example, "release "):
				call{dir: dir}.succeed(t, "run", "before.tif", "after.tif", "changes.geojson", "-q", "--overwrite")
			case strings.HasPrefix(example, "explain "):
				call{dir: dir}.succeed(t, "run", "before.tif", "after.tif", "changes.geojson", "-q")
				for id := range boxes(t, filepath.Join(dir, "changes.geojson")) {
					example = strings.Replace(example, " ID", " "+id, 1)
				}
			case !strings.HasPrefix(example, "run "):
				if err := os.WriteFile(filepath.Join(dir, "changes.geojson"), []byte(readmeAreas), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			// The box of the examples lies in another pair.
			if strings.Contains(example, "--bbox") {
				for _, pass := range []string{"before", "after"} {
					place(t, dir, pass+".tif", "plain_"+pass+".tif")
				}
			}
			c := exec.Command("sh", "-c", "detect "+example)
			c.Dir = dir
			c.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out := "changes.geojson"
			if strings.Contains(example, "--shard ") {
				out = "shards/shard-00000/done.json"
			}
			if _, err := os.Stat(filepath.Join(dir, out)); err != nil {
				t.Error(err)
			}
		})
	}
	if n < 12 {
		t.Errorf("README has %d examples", n)
	}
}

// readmeFolder is a folder with the files that the examples name and a command detect that is this test.
func readmeFolder(t *testing.T) string {
	dir := t.TempDir()
	for name, tile := range readmeFiles {
		place(t, dir, name, tile)
	}
	for _, name := range []string{"areas.geojson", "zones.geojson", "known.geojson"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(readmeAreas), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, filepath.Join(dir, "bin", "detect")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// readyRelease puts the demo policy into dir, with keys, and what comes before a step of a release.
func readyRelease(t *testing.T, dir, step string) {
	t.Helper()
	demo, err := filepath.Glob(filepath.Join("..", "..", "docs", "sharing", "*"))
	if err != nil || len(demo) == 0 {
		t.Fatal(demo, err)
	}
	for _, path := range demo {
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(path)), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "north-desk.id"), []byte(strings.Repeat("5a", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("minisign", "-G", "-W", "-p", filepath.Join(dir, "approvers.pub"), "-s", filepath.Join(dir, "sign.key")).CombinedOutput(); err != nil {
		t.Skipf("minisign cannot make a key: %v: %s", err, out)
	}
	if step == "plan" {
		return
	}
	call{dir: dir}.succeed(t, "run", "before.tif", "after.tif", "changes.geojson", "-q")
	call{dir: dir}.succeed(t, "release", "plan", "policy.yaml", "changes.geojson", "plan.json", "-q")
	if step == "build" {
		call{dir: dir}.succeed(t, "release", "approve", "plan.json", "-q")
	}
}

// place copies a file of testdata/tiles into dir under another name.
func place(t *testing.T, dir, name, tile string) {
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tiles", tile))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
