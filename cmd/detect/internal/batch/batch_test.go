package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/jobs"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "2000000": 2e6, "512MiB": 512 << 20, "1.5 GB": 15e8, "2gib": 2 << 30, "3kB": 3000, "1TiB": 1 << 40} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q is %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "1.5.2GB", "GB", "12 parsecs", "1e9", "99999999TiB", "0.5"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

// TestShare divides a machine of whatever cores and memory this one has.
func TestShare(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		s := Share{}.forPairs(n)
		if s.Jobs < 1 || s.Jobs > max(1, min(n, cores)) || s.Workers < 1 || s.Jobs*s.Workers > max(cores, s.Jobs) {
			t.Errorf("%d pairs: %+v on %d cores", n, s, cores)
		}
		if free := available(); free > 0 && (s.Memory <= 0 || s.Memory*int64(s.Jobs) > free+free/10) {
			t.Errorf("%d pairs: %+v of %d bytes", n, s, free)
		}
	}
	if s := (Share{Jobs: 5, Workers: 3, Memory: 7}).forPairs(9); s != (Share{5, 3, 7}) {
		t.Errorf("what was given becomes %+v", s)
	}
	if s := (Share{Memory: 1 << 60}).forPairs(9); available() > 0 && s.Jobs != 1 {
		t.Errorf("%d pairs run at once that may each have more memory than there is", s.Jobs)
	}
}

// TestReason tells crashes from refusals.
func TestReason(t *testing.T) {
	const message = `{"time":"2024-01-01T00:00:00Z","level":"error","msg":"a.tif: is bad"}` + "\n"
	for _, c := range []struct {
		end    ending
		stderr string
		why    string
		own    bool
	}{
		{ending{code: 4}, message, "a.tif: is bad", true},
		{ending{code: 2}, message, "a.tif: is bad", true},
		{ending{code: 5}, message, "a.tif: is bad", false},
		{ending{code: 4}, message + message, "a.tif: is bad; a.tif: is bad", true},
		{ending{code: 2}, "fatal error: unexpected signal during runtime execution\n[signal SIGSEGV]\n\ngoroutine 1 [running]:\n", "it crashed: fatal error: unexpected signal during runtime execution, perhaps for want of memory: more can be had with --memory", false},
		{ending{code: 2}, "panic: geo: write after close\n", "it crashed: panic: geo: write after close", false},
		{ending{code: 2}, "runtime: out of memory: cannot allocate 4194304-byte block (3670016 in use)\nfatal error: out of memory\n", "it ran out of the memory", false},
		{ending{code: 4}, `{"level":"error","msg":"a.tif: CPLMalloc(): Out of memory allocating 9 bytes."}`, "it ran out of the memory", false},
		{ending{code: 4}, `{"level":"error","msg":"a.tif: block at column 0 row 0 cannot be decoded: TIFFFillTile:No space for data buffer at scanline 512"}`, "it ran out of the memory", false},
		{ending{code: 5}, `{"level":"error","msg":"x.tif: cannot be written: no space left on device"}`, "x.tif: cannot be written", false},
		{ending{code: -1, signal: "killed"}, "", "it was killed, perhaps", false},
		{ending{code: -1, signal: "aborted"}, "double free or corruption\n", "it crashed: aborted", false},
		{ending{code: 3}, "", "it ended with exit status 3 and no message", false},
		{ending{code: -1, failure: os.ErrNotExist}, "", "it cannot be started: file does not exist", false},
	} {
		c.end.stderr.Write([]byte(c.stderr))
		if why, own := c.end.reason(); !strings.HasPrefix(why, c.why) || own != c.own {
			t.Errorf("%+v with %q: %q, %v; want %q, %v", c.end.code, c.stderr, why, own, c.why, c.own)
		}
	}
}

// TestClipped keeps both ends of what is long, at a bounded size.
func TestClipped(t *testing.T) {
	var c clipped
	c.keep([]byte("first\n"))
	for range 1000 {
		c.keep([]byte(strings.Repeat("x", 999) + "\n"))
	}
	c.keep([]byte("last\n"))
	if got := string(c.all()); !strings.HasPrefix(got, "first\n") || !strings.HasSuffix(got, "last\n") || len(got) != 2*kept {
		t.Errorf("%d bytes are kept, of which the first are %q", len(got), got[:10])
	}
}

// TestListener passes progress on and keeps what is no note, however it comes in pieces.
func TestListener(t *testing.T) {
	const said = `{"level":"info","msg":"comparing 25 %","done":1,"total":4}` + "\n" + `{"level":"error","msg":"bad"}` + "\nabort\n" +
		`{"level":"info","msg":"note"}` + "\n" + `{"level":"info","msg":"comparing 50 %","done":2,"total":4}` + "\nthe end"
	for _, size := range []int{1, 7, len(said)} {
		var parts []float64
		l := listener{progress: func(part float64) { parts = append(parts, part) }}
		for rest := said; rest != ""; {
			n := min(size, len(rest))
			l.Write([]byte(rest[:n]))
			rest = rest[n:]
		}
		if got, want := string(l.all()), `{"level":"error","msg":"bad"}`+"\nabort\nthe end"; got != want {
			t.Errorf("by %d bytes: kept %q, want %q", size, got, want)
		}
		if len(parts) != 2 || parts[0] != 0.25 || parts[1] != 0.5 {
			t.Errorf("by %d bytes: progress is %v", size, parts)
		}
	}
}

// TestDifference finds what has changed between two looks at the same inputs.
func TestDifference(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.tif")
	put := func(text string, at time.Time) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	look := func(hash bool) []input {
		in, err := newLooker(hash).look(t.Context(), "BEFORE", path)
		if err != nil {
			t.Fatal(err)
		}
		return []input{in}
	}
	early, late := time.Unix(1e9, 0), time.Unix(2e9, 0)
	put("one", early)
	was, wasTimed := look(true), look(false)
	check := func(what string, byTime bool, before []input, want string) {
		t.Helper()
		if got := difference(before, look(!byTime), byTime); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	check("nothing", false, was, "")
	check("nothing by time", true, was, "")
	check("not hashed", false, wasTimed, "BEFORE was not hashed")
	put("one", late)
	check("time", false, was, "")
	check("time by time", true, was, "BEFORE has changed")
	put("two", early)
	check("content", false, was, "BEFORE has changed")
	check("content by time", true, was, "")
	if was[0].changed() {
		t.Error("a file of the same size and time has changed")
	}
	put("two", late)
	if !was[0].changed() {
		t.Error("a file of another time has not changed")
	}
	os.Remove(path)
	check("removed", false, was, "BEFORE is no file of this machine, or one that names others, so a change would not show")
	if got := difference(was, nil, false); got != "BEFORE is not there any more" {
		t.Errorf("an input less: %q", got)
	}
}

// TestInputs finds what detect run reads beside the files that are named, and with sidecars all of the same stem.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.tif", "a.tif.msk", "a.json", "a.tif.aux.xml", "ab.json", "b.tif", "area.shp", "area.dbf", "area.qgz"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	p := jobs.Pair{Before: at("a.tif"), After: at("b.tif") + "," + at("none.tif"), Options: []jobs.Option{{Flag: "aoi", Value: at("area.shp")}}}
	check := func(want ...string) {
		t.Helper()
		all, err := newLooker(true).inputs(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, in := range all {
			if (in.Size == gone) != (in.SHA256 == nil) {
				t.Errorf("%s has %d bytes and the hash %v", in.Name, in.Size, in.SHA256)
			}
			got = append(got, in.Name)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("inputs are %q, want %q", got, want)
		}
	}
	check("a.tif", "a.json", "a.tif.msk", "b.tif", "none.tif", "area.shp", "area.dbf")
	p.Options = append(p.Options, jobs.Option{Flag: "sidecars", Value: "true"})
	check("a.tif", "a.json", "a.tif.aux.xml", "a.tif.msk", "b.tif", "none.tif", "area.shp", "area.dbf", "area.qgz")
}

// TestMorePairsAtOnceThanThereAre: memory is shared among pairs that run, not among places that stay empty.
func TestMorePairsAtOnceThanThereAre(t *testing.T) {
	if s := (Share{Jobs: 5000}).forPairs(2); s.Jobs != 2 {
		t.Errorf("2 pairs become %+v", s)
	}
}

// TestNamesOthers: a file that says where pixels are may stay the same while they change.
func TestNamesOthers(t *testing.T) {
	for text, want := range map[string]bool{"<VRTDataset/>": true, "\xef\xbb\xbf \n<?xml version='1.0'?>": true, "II*\x00": false, "": false, "{}": false} {
		name := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got, err := namesOthers(name); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
