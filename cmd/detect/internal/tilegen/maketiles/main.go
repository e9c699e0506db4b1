// Command maketiles writes the small pairs of testdata/tiles.
//
//	go run ./cmd/detect/internal/tilegen/maketiles testdata/tiles
package main

import (
	"context"
	"fmt"
	"os"

	"passdiff/cmd/detect/internal/tilegen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: maketiles FOLDER")
		os.Exit(2)
	}
	if err := tilegen.WriteTiles(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "maketiles:", err)
		os.Exit(1)
	}
}
