// Command makepair writes a synthetic pair for benchmarks (see package pair). Files that are there already stay.
//
//	go run ./cmd/detect/internal/bench/makepair -dir build/bench -size 10240 -changed 0.002 none deflate zstd strip
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"passdiff/cmd/detect/internal/bench"
	"passdiff/cmd/detect/internal/bench/pair"
)

func main() {
	// One cache for all files, large enough that a block leaves it with all of its bands (see pair.Write).
	if os.Getenv("GDAL_CACHEMAX") == "" {
		if err := os.Setenv("GDAL_CACHEMAX", "512"); err != nil {
			fmt.Fprintln(os.Stderr, "makepair:", err)
			os.Exit(1)
		}
	}
	dir := flag.String("dir", "build/bench", "folder of the files")
	size := flag.String("size", "10240", "pixels: 10240, or 10240x40960 for width by height")
	changed := flag.Float64("changed", bench.UsualChange, "share of the pixels that changes, 0 to 0.35")
	flag.Parse()
	if err := run(*dir, *size, *changed, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "makepair:", err)
		os.Exit(1)
	}
}

func run(dir, size string, changed float64, variants []string) error {
	s, err := bench.ParseSize(size)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p := bench.Pair{Dir: dir, Size: s, Changed: changed}
	if err := pair.Write(ctx, p, variants); err != nil {
		return err
	}
	for _, v := range variants {
		fmt.Println(p.Before(v), p.After(v))
	}
	fmt.Println(p.Truth())
	return nil
}
