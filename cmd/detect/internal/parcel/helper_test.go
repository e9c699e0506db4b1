package parcel

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"aead.dev/minisign"
)

// made is when the packages of tests are made, looked when they are opened.
var (
	made   = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	looked = made.Add(24 * time.Hour)
)

const features = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"f-1","bbox":[30,10,30.001,10.001],"geometry":{"type":"Polygon","coordinates":[[[30,10],[30.001,10],[30.001,10.001],[30,10.001],[30,10]]]},"properties":{"id":"f-1","t_after":"2026-04-28T00:00:00Z","obj_desc":"appeared"}}
],"bbox":[30,10,30.001,10.001]}
`

// data are the files of the package of tests.
func data() []File {
	return []File{
		{DetectionName, []byte(features)},
		{CoverageName, []byte(`{"type":"FeatureCollection","features":[]}` + "\n")},
		{"codebook.csv", []byte("field,meaning\nid,id\n")},
		{"schema.json", []byte("{}\n")},
		{"README.txt", []byte("read me\n")},
	}
}

func manifest() Manifest {
	return Manifest{Partner: "ngo-a", Sequence: 1, TLP: Amber, Handling: "for the field team", Created: made, ValidUntil: made.Add(30 * 24 * time.Hour),
		Counts: Counts{Features: 1}, Precision: "exact", Origins: []string{o(1)}, Software: "detect test"}
}

// o is a token of an origin.
func o(n int) string { return fmt.Sprintf("o-%032x", n) }

// keys are a key pair: the signer, and the trust in it.
func keys(t testing.TB) (Signer, *Trust) {
	t.Helper()
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := ParseTrust([]byte("here minisign " + public.String() + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return minisignKey{private}, trust
}

func build(t testing.TB, files []File, m Manifest, s Signer) []File {
	t.Helper()
	all, err := Build(files, m, s)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// write writes files into a new folder.
func write(t testing.TB, files []File) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "package")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		save(t, filepath.Join(dir, f.Name), f.Data)
	}
	return dir
}

func save(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tool runs a stock tool in a folder; it skips the test where the tool is not installed.
func tool(t testing.TB, dir, stdin, name string, args ...string) string {
	t.Helper()
	out, err := try(t, dir, stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func try(t testing.TB, dir, stdin, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed (make test-deps)", name)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir, cmd.Stdin = dir, bytes.NewReader([]byte(stdin))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func password(s string) func(string) ([]byte, error) {
	return func(string) ([]byte, error) { return []byte(s), nil }
}
