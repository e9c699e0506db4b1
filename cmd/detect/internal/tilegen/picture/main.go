// Command picture draws the pictures of the documentation from testdata/tiles, with what detect finds in them: docs/coast.png, a pair with
// outlines, and for each method a figure in docs/figures. Detect's outputs stay in BUILD.
//
//	go run ./cmd/detect/internal/tilegen/picture DETECT TILES BUILD DOCS
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: picture DETECT TILES BUILD DOCS")
		os.Exit(2)
	}
	if err := drawAll(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

func drawAll(ctx context.Context, detect, tiles, build, docs string) error {
	run := func(tile, out string, args ...string) (pair, error) {
		p := pair{filepath.Join(tiles, tile+"_before.tif"), filepath.Join(tiles, tile+"_after.tif"), filepath.Join(tiles, tile+"_truth.tif")}
		cmd := exec.CommandContext(ctx, detect, append([]string{"run", p.before, p.after, out, "--overwrite", "-q"}, args...)...)
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return p, fmt.Errorf("%v: %w", cmd.Args, err)
		}
		return p, nil
	}
	out := filepath.Join(build, "coast.geojson")
	p, err := run("coast", out, "--method", "cva", "--no-georef")
	if err != nil {
		return err
	}
	img, err := outlined(ctx, p, out)
	if err != nil {
		return err
	}
	if err := save(filepath.Join(docs, "coast.png"), img); err != nil {
		return err
	}
	for _, f := range figures {
		at := func(end string) string { return filepath.Join(build, f.name+end) }
		r := result{score: at("_score.tif"), mask: at("_mask.tif"), record: at(".geojson.run.json")}
		args := []string{"--score", r.score, "--mask-out", r.mask}
		if f.clouds {
			args = append(args, "--after-mask", filepath.Join(tiles, f.tile+"_cloud.tif"), "--mask-values", "1", "--mask-buffer", "3")
		}
		p, err := run(f.tile, at(".geojson"), append(args, f.args...)...)
		if err != nil {
			return err
		}
		img, err := f.draw(ctx, p, r)
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if err := save(filepath.Join(docs, "figures", f.name+".png"), img); err != nil {
			return err
		}
	}
	return nil
}

// pair are the files of a pair.
type pair struct{ before, after, truth string }

// save writes a PNG.
func save(path string, img image.Image) error {
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
}
