package gdal

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/airbusgeo/godal"

	"passdiff/raster"
)

// file writes data to a new file and returns its path.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// field is an entry of a handmade directory; a value that does not fit into four bytes is an offset.
type field struct{ tag, typ, n, value uint32 }

// handmade is a little-endian classic TIFF of one directory, followed by tail at byte 8+2+12·len(fields)+4.
func handmade(fields []field, tail []byte) []byte {
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(fields)))
	for _, f := range fields {
		b = binary.LittleEndian.AppendUint16(b, uint16(f.tag))
		b = binary.LittleEndian.AppendUint16(b, uint16(f.typ))
		b = binary.LittleEndian.AppendUint32(b, f.n)
		b = binary.LittleEndian.AppendUint32(b, f.value)
	}
	return append(append(b, 0, 0, 0, 0), tail...)
}

// tiled is a TIFF of one uint8 tile of w×h pixels, of samples bands, stored in n bytes.
func tiled(w, h, samples, n uint32) []byte {
	fields := []field{
		{256, 4, 1, w}, {257, 4, 1, h}, {258, 3, 1, 8}, {259, 3, 1, 8}, {262, 3, 1, 1}, {277, 3, 1, samples}, {322, 4, 1, w}, {323, 4, 1, h},
		{324, 4, 1, 8 + 2 + 12*10 + 4}, {325, 4, 1, n},
	}
	return handmade(fields, make([]byte, n))
}

func TestRefusedInputs(t *testing.T) {
	dir := t.TempDir()
	refused(t, filepath.Join(dir, "absent.tif"), OpenOptions{}, "no such file")
	refused(t, dir, OpenOptions{}, "is a folder")
	refused(t, file(t, "empty.tif", nil), OpenOptions{}, "is empty")
	refused(t, file(t, "text.tif", []byte("hello, world\n")), OpenOptions{}, `text beginning "hello, world"`)
	refused(t, file(t, "vrt.tif", []byte("<VRTDataset rasterXSize=\"1\"")), OpenOptions{}, "is not a TIFF but a VRT", "--driver VRT")
	refused(t, file(t, "page.tif", []byte("<!DOCTYPE html><html>")), OpenOptions{}, "web page")
	refused(t, file(t, "zeros.tif", make([]byte, 100)), OpenOptions{}, "only zeros")
	refused(t, file(t, "head.tif", []byte("II*\x00\x08\x00\x00\x00")), OpenOptions{}, "truncated")
	refused(t, "/vsicurl/http://127.0.0.1:1/a.tif", OpenOptions{}, "--allow-remote")
	refused(t, "GTIFF_DIR:1:a.tif", OpenOptions{}, "--allow-remote")
	refused(t, "https://example.invalid/a.tif", OpenOptions{}, "--allow-remote")
	refused(t, filepath.Join(dir, "a.tif"), OpenOptions{Drivers: []string{"NoSuch"}}, "driver NoSuch is unknown")
	pipe := filepath.Join(dir, "pipe.tif")
	tool(t, "mkfifo", pipe)
	refused(t, pipe, OpenOptions{}, "not a regular file")
}

func TestHeaderBombs(t *testing.T) {
	// 16384×16384 in one deflated tile of 300 kB decodes to 256 MiB: within the size limit, but not within deflate's
	refused(t, file(t, "bomb.tif", tiled(16384, 16384, 1, 200_000)), OpenOptions{}, "16384×16384", "256 MiB", "200000 bytes")
	refused(t, file(t, "bomb4.tif", tiled(16384, 16384, 4, 2_000_000)), OpenOptions{}, "1024 MiB")
	refused(t, file(t, "bands.tif", tiled(16, 16, 5000, 100)), OpenOptions{}, "5000 bands")
	refused(t, file(t, "side.tif", tiled(1<<31-16, 16, 1, 100)), OpenOptions{}, "2147483632×16")
}

func TestTruncated(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(200, 200), CreateOptions{Tile: 64, Type: raster.Uint16}, value, nil)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, keep := range []int{len(data) - 1, len(data) / 2, 100, 12} {
		refused(t, file(t, "cut.tif", data[:keep]), OpenOptions{}, "truncated")
	}
	// a flipped bit in a deflated block is found when the block is read
	data[len(data)-40] ^= 0xff
	data[len(data)-60] ^= 0xff
	s := open(t, file(t, "flip.tif", data), OpenOptions{})
	r, err := s.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b raster.Block
	w := raster.Window{X: 192, Y: 192, W: 8, H: 8}
	b.Shape(w, 1, raster.Uint16)
	err = r.Read(t.Context(), w, &b)
	if err == nil {
		t.Fatal("a damaged block was read")
	}
	t.Log(err)
	if want := s.Facts().Path + ": block at column 192 row 192 cannot be decoded: "; len(err.Error()) <= len(want) || err.Error()[:len(want)] != want {
		t.Errorf("message is %q", err)
	}
}

func TestRefusedTypes(t *testing.T) {
	src := filepath.Join(t.TempDir(), "a.tif")
	write(t, src, utm(20, 20), CreateOptions{Type: raster.Int16}, value, nil)
	complexFile := filepath.Join(t.TempDir(), "c.tif")
	tool(t, "gdal_translate", "-q", "-ot", "CFloat32", src, complexFile)
	refused(t, complexFile, OpenOptions{}, "complex (CFloat32)", "AMPLITUDE")

	wide := filepath.Join(t.TempDir(), "wide.tif")
	tool(t, "gdal_translate", "-q", "-ot", "Int64", "-a_nodata", "42", src, wide)
	s := open(t, wide, OpenOptions{})
	if s.Info().Type != raster.Float64 || len(s.Warnings()) != 1 {
		t.Errorf("int64 opens as %v with warnings %q", s.Info().Type, s.Warnings())
	}
	b := read(t, s, s.Info().Grid.Window())
	checkValues(t, b, value)
	checkValid(t, b, func(x, y int) bool { return value(0, x, y) == 42 })
}

func TestSparse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse.tif")
	if err := Setup(); err != nil {
		t.Fatal(err)
	}
	// two bands of their own blocks, 5×4 blocks of 16; of those that cover rows 16 to 47 and columns 16 to 63 of band 2 none is written
	ds, err := godal.Create(godal.GTiff, path, 2, godal.Byte, 70, 60,
		godal.CreationOption("TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "SPARSE_OK=TRUE", "COMPRESS=LZW", "INTERLEAVE=BAND"))
	if err != nil {
		t.Fatal(err)
	}
	hole := raster.Window{X: 16, Y: 16, W: 48, H: 32}
	whole := raster.Window{W: 70, H: 60}
	for i, band := range ds.Bands() {
		for y := 0; y < 60; y += 16 {
			for x := 0; x < 70; x += 16 {
				w := whole.Intersect(raster.Window{X: x, Y: y, W: 16, H: 16})
				if i == 1 && hole.Contains(w) {
					continue
				}
				buf := make([]uint8, w.Pixels())
				for k := range buf {
					buf[k] = 9
				}
				if err := band.Write(w.X, w.Y, buf, w.W, w.H); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := ds.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, path, OpenOptions{}, "6 of 20 blocks were never written", "--allow-sparse")
	for _, o := range []OpenOptions{{AllowSparse: true}, {AllowSparse: true, AllowRemote: true}} {
		s := open(t, path, o)
		missing := s.Missing()
		if len(missing) != 2 || missing[0] != (raster.Window{X: 16, Y: 16, W: 48, H: 16}) || missing[1] != (raster.Window{X: 16, Y: 32, W: 48, H: 16}) {
			t.Errorf("missing are %v", missing)
		}
		for _, w := range []raster.Window{whole, {X: 20, Y: 5, W: 13, H: 50}} {
			b := read(t, s, w)
			checkValid(t, b, func(x, y int) bool { return hole.Contains(raster.Window{X: x, Y: y, W: 1, H: 1}) })
			checkValues(t, b, func(_, x, y int) float64 { return 9 })
			for i, v := range b.Valid {
				if v == 0 && b.Why[i] != raster.Missing {
					t.Fatalf("pixel %d is not measured for reason %d", i, b.Why[i])
				}
			}
		}
		if got := s.Warnings(); len(got) != 1 || !strings.HasSuffix(got[0], "6 of 20 blocks were never written; their pixels count as not measured") {
			t.Errorf("warnings %q", got)
		}
	}
	// the same through GDAL alone, as for files that are not on this machine
	remotely := "GTIFF_DIR:1:" + path
	refusedRemote, err := Open(remotely, OpenOptions{AllowRemote: true})
	if err == nil {
		refusedRemote.Close()
		t.Error("a sparse remote file was opened")
	}
	s := open(t, remotely, OpenOptions{AllowRemote: true, AllowSparse: true})
	checkValid(t, read(t, s, whole), func(x, y int) bool { return hole.Contains(raster.Window{X: x, Y: y, W: 1, H: 1}) })
}

// TestDamagedHeaders opens files with changed bytes. Whatever comes of it, nothing panics and the message is one line.
func TestDamagedHeaders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	write(t, path, utm(60, 50), CreateOptions{Bands: 2, Tile: 16}, value, nil)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	opened := 0
	for range 300 {
		bad := slices.Clone(data)
		for range 1 + random.IntN(4) {
			bad[random.IntN(400)] = byte(random.Uint32())
		}
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path, OpenOptions{AllowSparse: true})
		if err != nil {
			if msg := err.Error(); strings.Contains(msg, "\n") || !strings.HasPrefix(msg, path+": ") || strings.Count(msg, path) != 1 {
				t.Errorf("unfit message %q", msg)
			}
			continue
		}
		opened++
		if in := s.Info(); in.Grid.Window().Pixels() < 1<<20 {
			if r, err := s.Reader(); err == nil {
				var b raster.Block
				b.Shape(in.Grid.Window(), in.Bands, in.Type)
				if err := r.Read(t.Context(), b.Window, &b); err != nil && strings.Contains(err.Error(), "\n") {
					t.Errorf("unfit message %q", err)
				}
				r.Close()
			}
		}
		s.Close()
	}
	t.Logf("%d of 300 were opened", opened)
}

func TestTidy(t *testing.T) {
	for _, c := range []struct{ msg, name, want string }{
		{"`./b' not recognized as a supported file format.", "./b", "the file not recognized as a supported file format"},
		{"./b: bad block\nof b", "./b", "bad block of b"},
		{"b: bad block", "./b", "bad block"},
		{"Cannot open /x/b.tif for reading", "/x/b.tif", "Cannot open the file for reading"},
	} {
		if got := tidy(c.msg, c.name); got != c.want {
			t.Errorf("%q becomes %q", c.msg, got)
		}
	}
}
