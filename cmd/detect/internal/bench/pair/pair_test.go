package pair

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"passdiff/cmd/detect/internal/bench"
	"passdiff/cmd/detect/internal/tilegen"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

var all = []string{"none", "deflate", "zstd", "strip"}

func TestMain(m *testing.M) {
	os.Setenv("GDAL_CACHEMAX", "512") // before GDAL is used
	os.Exit(m.Run())
}

func write(t *testing.T, p bench.Pair, variants ...string) bench.Pair {
	t.Helper()
	p.Dir = t.TempDir()
	if err := Write(t.Context(), p, variants); err != nil {
		t.Fatal(err)
	}
	return p
}

func digest(t *testing.T, path string) string {
	t.Helper()
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sum, err := tilegen.Digest(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// TestVariantsHoldTheSamePixels: however a pass is stored and whenever it is made. The passes differ.
func TestVariantsHoldTheSamePixels(t *testing.T) {
	p := write(t, bench.Pair{Size: bench.Size{Width: 700, Height: 530}, Changed: bench.UsualChange}, all...)
	again := write(t, p, "zstd")
	before, after := digest(t, again.Before("zstd")), digest(t, again.After("zstd"))
	if before == after {
		t.Error("before and after are the same")
	}
	for _, v := range all {
		if digest(t, p.Before(v)) != before || digest(t, p.After(v)) != after {
			t.Errorf("%s has other pixels", v)
		}
	}
	if digest(t, p.Truth()) != digest(t, again.Truth()) {
		t.Error("truths differ")
	}
	entries, err := os.ReadDir(p.Dir)
	if err != nil || len(entries) != 2*len(all)+1 {
		t.Errorf("%d files: %v", len(entries), err)
	}
}

func TestHowItIsStored(t *testing.T) {
	p := write(t, bench.Pair{Size: bench.Size{Width: 1024, Height: 1024}, Changed: 0.3}, all...)
	for v, block := range map[string][2]int{"none": {512, 512}, "deflate": {512, 512}, "zstd": {512, 512}, "strip": {1024, 8}} {
		s, err := gdal.Open(p.After(v), gdal.OpenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i := s.Info()
		s.Close()
		if i.Grid.CRS == "" || i.Grid.Affine[1] != 3 || i.Bands != 4 || i.Type != raster.Uint16 || i.BlockW != block[0] || i.BlockH != block[1] {
			t.Errorf("%s is %+v", v, i)
		}
	}
	size := func(v string) float64 {
		st, err := os.Stat(p.Before(v))
		if err != nil {
			t.Fatal(err)
		}
		return float64(st.Size())
	}
	// Imagery of 12 bits keeps 55 to 65 % of its raw size.
	if left := size("deflate") / size("none"); left < 0.55 || left > 0.65 {
		t.Errorf("deflate leaves %.3f", left)
	}
}

// TestChangedShare: the truth has about the changed share asked for, of what both passes observe.
func TestChangedShare(t *testing.T) {
	for _, changed := range []float64{0.002, 0.02, 0.3} {
		scene, err := tilegen.New(spec(bench.Pair{Size: bench.Size{Width: 1024, Height: 2048}, Changed: changed}))
		if err != nil {
			t.Fatal(err)
		}
		truth := scene.Truth()
		if got := float64(truth.Changed) / float64(truth.Changed+truth.Unchanged); got < 0.75*changed || got > 1.25*changed {
			t.Errorf("%g becomes %.4f", changed, got)
		}
	}
}

func TestFilesThatAreThereStay(t *testing.T) {
	p := bench.Pair{Dir: t.TempDir(), Size: bench.Size{Width: 64, Height: 64}, Changed: bench.UsualChange}
	if err := os.WriteFile(p.Before("none"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), p, []string{"none"}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(p.Before("none")); err != nil || string(got) != "mine" {
		t.Errorf("the file became %d bytes: %v", len(got), err)
	}
	if _, err := os.Stat(p.After("none")); err != nil {
		t.Error(err)
	}
}

func TestNothingIsLeftOfAFailure(t *testing.T) {
	p := bench.Pair{Dir: filepath.Join(t.TempDir(), "new"), Size: bench.Size{Width: 64, Height: 64}, Changed: bench.UsualChange}
	if err := Write(t.Context(), p, []string{"tar"}); err == nil {
		t.Error("an unknown variant is no error")
	}
	// A folder stands in the way of a file.
	if err := os.MkdirAll(part(p.Before("none")), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(t.Context(), p, []string{"none"}); err == nil {
		t.Error("a folder in the way is no error")
	}
	if _, err := os.Stat(p.Before("none")); !os.IsNotExist(err) {
		t.Errorf("a file was made: %v", err)
	}
	err := filepath.WalkDir(p.Dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Ext(path) == ".part" {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
