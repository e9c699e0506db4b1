package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const library = `package godal

type object struct{}

func (object) Metadata(key string, opts ...MetadataOption) string { return "" }

type Dataset struct{ object }
type CloseOption interface{ set() }
type MetadataOption interface{ set() }
type OpenOption interface{ set() }
type Level int

const Low Level = 1

func (Level) String() string { return "" }

func Open(name string, o ...OpenOption) (*Dataset, error) { return nil, nil }
func (*Dataset) Close(o ...CloseOption) error { return nil }
func (*Dataset) private() {}
func ReadOnly() interface{ OpenOption } { return nil }
`

const user = `package gdal

import "github.com/airbusgeo/godal"

func f() string {
	ds, _ := godal.Open("x", godal.ReadOnly())
	_ = godal.Low
	defer ds.Close()
	return ds.Metadata("k")
}
`

// write makes a tree of files and returns its root.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		extra  map[string]string
		status int
		want   string
	}{
		{"all used", nil, 0, "godal-api: 11 names exported, all used\n"},
		{"unused", map[string]string{"third_party/godal/more.go": "package godal\n\nfunc Extra() {}\nfunc (*Dataset) More() {}\ntype Kind int\n"}, 1,
			"exported but not used: godal.Dataset.More\nexported but not used: godal.Extra\nexported but not used: godal.Kind\n"},
		{"missing", map[string]string{"geo/ogr/a_test.go": "package ogr\n\nimport g \"github.com/airbusgeo/godal\"\n\nvar _ = g.Missing\n"}, 1,
			"used but not exported: godal.Missing\n"},
		{"another package's function is no method", map[string]string{
			"third_party/godal/more.go": "package godal\n\nfunc (*Dataset) Getenv() {}\n",
			"raster/gdal/b.go":          "package gdal\n\nimport \"os\"\n\nvar _ = os.Getenv\n",
		}, 1, "exported but not used: godal.Dataset.Getenv\n"},
		{"a test of the library is no use", map[string]string{
			"third_party/godal/a_test.go": "package godal\n\nfunc Helper() {}\n",
		}, 0, "godal-api: 11 names exported, all used\n"},
		{"trespass", map[string]string{"cmd/detect/main.go": user, "_asm/gen.go": user}, 1,
			"imports godal but may not: cmd/detect/main.go\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{
				"third_party/godal/godal.go": library,
				"third_party/godal/go.mod":   "module github.com/airbusgeo/godal\n",
				"raster/gdal/a.go":           user,
			}
			for name, text := range c.extra {
				files[name] = text
			}
			root := write(t, files)
			var out, errs bytes.Buffer
			status := run(filepath.Join(root, "third_party", "godal"), root, &out, &errs)
			if status != c.status || out.String() != c.want || errs.Len() > 0 {
				t.Errorf("exit %d\n%s%swant exit %d\n%s", status, &out, &errs, c.status, c.want)
			}
		})
	}
}

func TestRunWithoutUsersFails(t *testing.T) {
	root := write(t, map[string]string{"third_party/godal/godal.go": library})
	var out, errs bytes.Buffer
	if status := run(filepath.Join(root, "third_party", "godal"), root, &out, &errs); status != 2 || errs.Len() == 0 {
		t.Errorf("exit %d, %q", status, &errs)
	}
}
