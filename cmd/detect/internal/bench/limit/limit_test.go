package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/bench"
)

var tiles = filepath.Join("..", "..", "..", "..", "..", "testdata", "tiles")

// TestDecode builds the program that decodes and lets it read a tiled and a striped pair, and what is none.
func TestDecode(t *testing.T) {
	if _, err := exec.LookPath("pkg-config"); err != nil {
		t.Skip(err)
	}
	program := filepath.Join(t.TempDir(), "decode")
	source := filepath.Join("..", "..", "..", "testdata", "peers", "decode.c")
	build := exec.Command("sh", "-c", "gcc -O2 -Wall -Wextra -Werror -pthread -o "+program+" "+source+" $(pkg-config --cflags --libs gdal)")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	read := func(args ...string) error { return exec.Command(program, args...).Run() }
	for _, name := range []string{"farmland", "coast", "plain"} {
		for _, threads := range []string{"1", "2", "5"} {
			for _, pass := range []string{"_before.tif", "_after.tif"} {
				if err := read(threads, filepath.Join(tiles, name+pass)); err != nil {
					t.Errorf("%s%s on %s threads: %v", name, pass, threads, err)
				}
			}
		}
	}
	whole, err := os.ReadFile(filepath.Join(tiles, "plain_before.tif"))
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(t.TempDir(), "half.tif")
	if err := os.WriteFile(half, whole[:len(whole)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"1", half}, {"2", "nothing.tif"}, {"2"}, {"0", half}} {
		if read(args...) == nil {
			t.Errorf("decode %v says nothing", args)
		}
	}
}

func TestPairs(t *testing.T) {
	o := options{pair: bench.Pair{Changed: bench.UsualChange}, variants: []string{"zstd"}}
	if err := o.pairs("2048", []string{"2048", "1024x4096"}, []string{"0.002", "0.3"}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range o.grown {
		names = append(names, p.Name())
	}
	if got, want := strings.Join(names, " "), "s1024x4096 s2048_changed0.3"; got != want {
		t.Errorf("further pairs are %q, want %q", got, want)
	}
	if new(options).pairs("2048", nil, nil) == nil {
		t.Error("no variant is no error")
	}
}

// seconds makes samples of one round, the first command taking 1 s of wall time, the second 2 s and so on, and half of that CPU.
func seconds(names ...string) bench.Samples {
	s := bench.Samples{}
	for i, n := range names {
		wall := time.Duration(i+1) * time.Second
		s[n] = []bench.Sample{{Wall: wall, CPU: wall / 2, Peak: 2 << 20, Features: 3}}
	}
	return s
}

func TestStoredTable(t *testing.T) {
	names := []string{decodeRow(2), decodeRow(1), rawBytes}
	for _, m := range methods {
		names = append(names, detectRow(m, 2), detectRow(m, 1))
	}
	table := storedTable(seconds(names...)).String()
	for _, row := range []string{
		"| decode, 2 | 1.00 (1.00–1.00) | 0.500 (0.500–0.500) | 2.00 (2.00–2.00) |  |  | 2.00 (2.00–2.00) |",
		// 5 s against 2 s on one thread, 4 s against 1 s on two.
		"| detect cva, 1 | 5.00 (5.00–5.00) | 2.50 (2.50–2.50) | 2.00 (2.00–2.00) | 2.50 (2.50–2.50) | 2.50 (2.50–2.50) |  |",
		"| detect cva, 2 | 4.00 (4.00–4.00) | 2.00 (2.00–2.00) | 2.00 (2.00–2.00) | 4.00 (4.00–4.00) | 4.00 (4.00–4.00) | 1.25 (1.25–1.25) |",
	} {
		if !strings.Contains(table, row) {
			t.Errorf("no row %s in\n%s", row, table)
		}
	}
}

func TestGrowthTable(t *testing.T) {
	p := bench.Pair{Size: bench.Size{Width: 1000, Height: 2000}, Changed: 0.3}
	names := []string{grownRow(p, "decode")}
	for _, m := range methods {
		names = append(names, grownRow(p, m))
	}
	table := growthTable(seconds(names...), []bench.Pair{p}).String()
	// 2 s for 2 Mpx.
	row := "| 1000 × 2000 | 30 | cva | 2.00 (2.00–2.00) | 1000.0 | 2.00 (2.00–2.00) | 2.00 (2.00–2.00) | 3 |"
	if !strings.Contains(table, row) {
		t.Errorf("no row %s in\n%s", row, table)
	}
}
