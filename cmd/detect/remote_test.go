package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemoteInputs compares a pair behind a web server with a login and a query in its addresses, which nobody gets to see.
func TestRemoteInputs(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.FileServer(http.Dir(tiles)))
	defer server.Close()
	p := tile("plain")
	address := func(path string) string {
		return strings.Replace(server.URL, "://", "://anna:geheim@", 1) + "/" + filepath.Base(path) + "?token=t0ps3cret"
	}
	dir := t.TempDir()
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	run := func(wantCode int, before, after, out string, more ...string) string {
		t.Helper()
		got := call{dir: dir}.run(t, append([]string{"run", before, after, out, "--allow-remote", "-q"}, more...)...)
		if got.code != wantCode {
			t.Errorf("exit status %d, want %d: %s", got.code, wantCode, got.stderr)
		}
		texts := []string{got.stderr}
		if wantCode == 0 {
			texts = append(texts, read(out), read(out+".run.json"))
		}
		for _, text := range texts {
			for _, secret := range []string{"anna", "geheim", "t0ps3cret", "token"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is told in %q", secret, text)
				}
			}
		}
		return got.stderr
	}
	run(0, p.before, p.after, "local.geojson")
	run(0, address(p.before), address(p.after), "remote.geojson")
	if read("local.geojson") != read("remote.geojson") {
		t.Error("the result differs from that of the local files")
	}
	if said := run(4, address(p.before), p.after, "x.geojson", "--hash-inputs"); !strings.Contains(said, "leave --hash-inputs out") {
		t.Errorf("said %q", said)
	}
	run(4, address(p.before)+","+address(p.after), p.after, "x.geojson", "--bands", "1")
	run(4, address("none.tif"), p.after, "x.geojson")
}
