package gdal

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passdiff/raster"
)

// cog makes a Cloud Optimized GeoTIFF of rough pixels, 18 blocks of 128×128 in two bands stored together, and returns path and bytes.
func cog(t *testing.T) (string, []byte) {
	t.Helper()
	dir := t.TempDir()
	plain, path := filepath.Join(dir, "plain.tif"), filepath.Join(dir, "cog.tif")
	v := noise(11, 2*700*300, 250)
	write(t, plain, utm(700, 300), CreateOptions{Bands: 2, Tile: 128}, func(band, x, y int) float64 { return v[(band*300+y)*700+x] }, nil)
	tool(t, "gdal_translate", "-q", "-of", "COG", "-co", "BLOCKSIZE=128", "-co", "COMPRESS=DEFLATE", "-co", "OVERVIEWS=NONE", plain, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, data
}

// web serves data under /pair/scene.tif to whoever gives the login and the token; more, if not nil, may answer first. It returns the address with both.
func web(t *testing.T, data []byte, more func(w http.ResponseWriter, r *http.Request) bool) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ := r.BasicAuth()
		switch {
		case r.URL.Path != "/pair/scene.tif":
			http.NotFound(w, r)
		case user != "anna" || pass != "geheim" || r.URL.Query().Get("token") != "t0ps3cret":
			http.Error(w, "no", http.StatusForbidden)
		case more == nil || !more(w, r):
			http.ServeContent(w, r, "scene.tif", time.Unix(1e9, 0), bytes.NewReader(data))
		}
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "http://anna:geheim@", 1) + "/pair/scene.tif?token=t0ps3cret"
}

// impatient makes GDAL give up soon.
func impatient(t *testing.T) {
	t.Setenv("GDAL_HTTP_MAX_RETRY", "1")
	t.Setenv("GDAL_HTTP_RETRY_DELAY", "0.1")
}

// discreet wants none of the secrets of web in what people and records get to see.
func discreet(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range []string{"anna", "geheim", "t0ps3cret", "token"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q tells %q", text, secret)
			}
		}
	}
}

func TestRemote(t *testing.T) {
	local, data := cog(t)
	var asked atomic.Int64
	url := web(t, data, func(w http.ResponseWriter, r *http.Request) bool {
		asked.Add(1)
		return false
	})
	want := read(t, open(t, local, OpenOptions{}), utm(700, 300).Window())
	if _, err := Open(url, OpenOptions{}); err == nil || !strings.Contains(err.Error(), "--allow-remote") {
		t.Errorf("got %v", err)
	} else {
		discreet(t, err.Error())
	}
	if asked.Load() > 0 {
		t.Error("the server was asked without being allowed to")
	}
	for _, path := range []string{url, "/vsicurl/" + url} {
		s := open(t, path, OpenOptions{AllowRemote: true})
		if got := s.Info(); got.Name != "scene" || got.Bands != 2 || got.BlockW != 128 {
			t.Errorf("%+v", got)
		}
		got := read(t, s, utm(700, 300).Window())
		if !bytes.Equal(got.Data.([]uint8), want.Data.([]uint8)) {
			t.Error("pixels differ from the local file's")
		}
		if err := s.Changed(); err != nil {
			t.Error(err)
		}
		f := s.Facts()
		discreet(t, append(s.Warnings(), fmt.Sprintf("%+v", f))...)
		if !strings.HasSuffix(f.Path, "/pair/scene.tif") || f.Driver != "GTiff" {
			t.Errorf("facts %+v", f)
		}
	}
	_, err := Open(strings.Replace(url, "scene", "other", 1), OpenOptions{AllowRemote: true})
	if err == nil {
		t.Fatal("what is not there was opened")
	}
	discreet(t, err.Error())
}

// TestS3 reads from a bucket with credentials of the environment, which nobody gets to see.
func TestS3(t *testing.T) {
	local, data := cog(t)
	var signed atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/bucket/pair/scene.tif":
			http.NotFound(w, r)
		case !strings.Contains(r.Header.Get("Authorization"), "Credential=AKIDANNA/"):
			http.Error(w, "no", http.StatusForbidden)
		default:
			signed.Add(1)
			http.ServeContent(w, r, "scene.tif", time.Unix(1e9, 0), bytes.NewReader(data))
		}
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_S3_ENDPOINT": strings.TrimPrefix(server.URL, "http://"), "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE",
		"AWS_ACCESS_KEY_ID": "AKIDANNA", "AWS_SECRET_ACCESS_KEY": "geheim", "AWS_REGION": "eu-west-3",
	} {
		t.Setenv(name, value)
	}
	s := open(t, "s3://bucket/pair/scene.tif", OpenOptions{AllowRemote: true})
	got, want := read(t, s, utm(700, 300).Window()), read(t, open(t, local, OpenOptions{}), utm(700, 300).Window())
	if !bytes.Equal(got.Data.([]uint8), want.Data.([]uint8)) || signed.Load() == 0 {
		t.Errorf("pixels differ, or %d signed requests", signed.Load())
	}
	for _, text := range append(append(s.Warnings(), Environment()...), fmt.Sprintf("%+v", s.Facts())) {
		if strings.Contains(text, "AKIDANNA") || strings.Contains(text, "geheim") {
			t.Errorf("%q tells a credential", text)
		}
	}
}

// TestRemoteFails wants an error, not pixels, from servers that cut the file off or break down half-way. Blocks that come before may be right.
func TestRemoteFails(t *testing.T) {
	local, data := cog(t)
	want := read(t, open(t, local, OpenOptions{}), utm(700, 300).Window())
	impatient(t)
	short := data[:len(data)*2/3]
	var served atomic.Int64
	for _, c := range []struct {
		name string
		data []byte
		more func(w http.ResponseWriter, r *http.Request) bool
	}{
		{"shorter file", short, nil},
		{"shorter answers", data, func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodGet || strings.HasPrefix(r.Header.Get("Range"), "bytes=0-") {
				return false
			}
			// the promised length, a part of the bytes, and a closed connection
			var lo, hi int
			if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &lo, &hi); err != nil {
				return false
			}
			hi = min(hi, len(data)-1)
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", lo, hi, len(data)))
			w.Header().Set("Content-Length", fmt.Sprint(hi-lo+1))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(data[lo : lo+(hi-lo)/3])
			panic(http.ErrAbortHandler)
		}},
		{"errors from the fourth answer on", data, func(w http.ResponseWriter, r *http.Request) bool {
			if served.Add(1) < 4 {
				return false
			}
			http.Error(w, "out of order", http.StatusInternalServerError)
			return true
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(web(t, c.data, c.more), OpenOptions{AllowRemote: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			r, err := s.Reader()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			failed := 0
			var b raster.Block
			for y := 0; y < 300; y += 128 {
				for x := 0; x < 700; x += 128 {
					w := utm(700, 300).Window().Intersect(raster.Window{X: x, Y: y, W: 128, H: 128})
					b.Shape(w, 2, raster.Uint8)
					if err := r.Read(t.Context(), w, &b); err != nil {
						failed++
						discreet(t, err.Error())
						if !strings.Contains(err.Error(), "/pair/scene.tif: block at column") {
							t.Errorf("unfit message %q", err)
						}
						continue
					}
					for i, v := range b.Data.([]uint8) {
						n := int(w.Pixels())
						at := (i/n*300+w.Y+i%n/w.W)*700 + w.X + i%n%w.W
						if v != want.Data.([]uint8)[at] {
							t.Fatalf("wrong pixel in %v without an error", w)
						}
					}
				}
			}
			if failed == 0 {
				t.Error("every block was read")
			}
			discreet(t, s.Warnings()...)
			t.Logf("%d blocks failed; %q", failed, s.Warnings())
		})
	}
}

func TestPublic(t *testing.T) {
	for _, c := range [][2]string{
		{"after.tif", "after.tif"},
		{"/data/what?.tif", "/data/what?.tif"},
		{"/data/a=b@c.tif", "/data/a=b@c.tif"},
		{"https://h.org/a/b.tif?X-Amz-Signature=1&y=2", "https://h.org/a/b.tif"},
		{"/vsicurl/https://u:p@h.org/b.tif?sig=1", "/vsicurl/https://h.org/b.tif"},
		{"/vsicurl?max_retry=3&url=https%3A%2F%2Fu%3Ap%40h.org%2Fb.tif%3Fsig%3D1", "/vsicurl/https://h.org/b.tif"},
		{"/vsicurl?bad%", "/vsicurl"},
		{"/vsis3/bucket/b.tif", "/vsis3/bucket/b.tif"},
		{"/vsizip//vsicurl/https://h.org/a.zip?k=1/b.tif", "/vsizip//vsicurl/https://h.org/a.zip"},
		{"PG:host=h dbname=d password=geheim table=t", "PG:host=h dbname=d password=… table=t"},
		{"cannot read 'https://u:p@h.org/b.tif?k=v': HTTP 403", "cannot read 'https://h.org/b.tif': HTTP 403"},
	} {
		if got := Public(c[0]); got != c[1] {
			t.Errorf("%q becomes %q, want %q", c[0], got, c[1])
		}
	}
	for _, c := range [][2]string{
		{"HTTPS://h.org/b.tif", "/vsicurl/https://h.org/b.tif"}, {"s3://bucket/b.tif", "/vsis3/bucket/b.tif"},
		{"gs://b/c.tif", "/vsigs/b/c.tif"}, {"/vsizip/a.zip/b.tif", "/vsizip/a.zip/b.tif"}, {"http://", "http://"},
	} {
		if got := virtual(c[0]); got != c[1] {
			t.Errorf("%q is opened as %q, want %q", c[0], got, c[1])
		}
	}
}

// TestRemoteDefaults: what the environment sets stays.
func TestRemoteDefaults(t *testing.T) {
	for _, kv := range remoteDefaults {
		t.Setenv(kv[0], "") // remembers what is to be restored
		if err := os.Unsetenv(kv[0]); err != nil {
			t.Fatal(err)
		}
	}
	if got := remoteConfig(); len(got) != len(remoteDefaults) || !slices.Contains(got, "GDAL_DISABLE_READDIR_ON_OPEN=EMPTY_DIR") {
		t.Errorf("%q", got)
	}
	t.Setenv("GDAL_HTTP_MAX_RETRY", "9")
	if got := remoteConfig(); len(got) != len(remoteDefaults)-1 || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "GDAL_HTTP_MAX_RETRY") }) {
		t.Errorf("%q", got)
	}
}
