package change

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"passdiff/raster"
)

// pixelsOf is the set of pixels of all regions.
func pixelsOf(regions []*Region) map[[2]int32]bool {
	set := map[[2]int32]bool{}
	for _, r := range regions {
		for _, run := range r.Runs {
			for x := run.X0; x < run.X1; x++ {
				set[[2]int32{x, run.Y}] = true
			}
		}
	}
	return set
}

// TestArea: with an area, exactly the changed pixels inside it are found, whatever the tiles, and only it is counted.
func TestArea(t *testing.T) {
	p := site{seed: 71, w: 150, h: 120, bands: 2, objects: 25}.pair()
	m := fit(t, p, FitOptions{Threshold: Kittler{}, Hysteresis: 1})
	all := pixelsOf(detect(t, p, m, Options{}).Regions)
	var runs []raster.Run
	for y := int32(20); y < 110; y++ {
		if y >= 60 && y < 75 {
			continue // a gap of whole rows
		}
		runs = append(runs, raster.Run{Y: y, X0: y / 2, X1: y/2 + 40}, raster.Run{Y: y, X0: 110, X1: 130})
	}
	area := raster.NewArea(runs)
	inside := 0
	for px := range all {
		if area.Covers(raster.Run{Y: px[1], X0: px[0], X1: px[0] + 1}) {
			inside++
		}
	}
	if inside == 0 || inside == len(all) {
		t.Fatalf("%d of %d changed pixels in the area: the test says nothing", inside, len(all))
	}
	for _, o := range []Options{{Tile: 16}, {Tile: 31, Workers: 3}, {Tile: 512}} {
		o.Area = area
		f := detect(t, p, m, o)
		got := pixelsOf(f.Regions)
		for px := range got {
			if !all[px] || !area.Covers(raster.Run{Y: px[1], X0: px[0], X1: px[0] + 1}) {
				t.Fatalf("tile %d: pixel %v is not changed, or outside", o.Tile, px)
			}
		}
		if len(got) != inside || f.Summary.Pixels != area.Pixels() || f.Summary.Kept != int64(inside) {
			t.Errorf("tile %d: %d pixels, %+v, want %d", o.Tile, len(got), f.Summary, inside)
		}
		for _, r := range f.Regions {
			touches := false
			for _, run := range r.Runs {
				for _, n := range []raster.Run{{Y: run.Y, X0: run.X0 - 1, X1: run.X1 + 1}, {Y: run.Y - 1, X0: run.X0, X1: run.X1}, {Y: run.Y + 1, X0: run.X0, X1: run.X1}} {
					touches = touches || !area.Covers(n)
				}
			}
			if r.AtArea != touches {
				t.Errorf("tile %d: region at %v: AtArea %v", o.Tile, r.Runs[0], r.AtArea)
			}
		}
	}
}

// counted is a Source that adds up the pixels of the blocks that its reads touch.
type counted struct {
	raster.Source
	blocks atomic.Int64
}

func (c *counted) Reader() (raster.Reader, error) {
	r, err := c.Source.Reader()
	return countedReader{r, c}, err
}

type countedReader struct {
	raster.Reader
	c *counted
}

func (r countedReader) Read(ctx context.Context, w raster.Window, b *raster.Block) error {
	i := r.c.Info()
	across := (w.MaxX()-1)/i.BlockW - w.X/i.BlockW + 1
	down := (w.MaxY()-1)/i.BlockH - w.Y/i.BlockH + 1
	r.c.blocks.Add(int64(across * down))
	return r.Reader.Read(ctx, w, b)
}

// TestAreaReadsItsBlocks: two small areas far apart cost the decode units around them, grown by the halo, once, and not the scene.
func TestAreaReadsItsBlocks(t *testing.T) {
	const side, block = 4096, 512 // a unit of decoding is one block of 512
	data := make([]uint8, side*side)
	for i := range data {
		data[i] = uint8(i * 7919 >> 5)
	}
	memory := raster.NewMemory("scene", side, side, 1, data)
	memory.Scene.BlockW, memory.Scene.BlockH = block, block
	before, after := &counted{Source: memory}, &counted{Source: memory}
	p := &raster.Pair{Before: before, After: after, Window: memory.Scene.Grid.Window()}
	m := &Model{Method: "cva", Bands: 1, Norm: Norm{Before: []Scale{{0, 1}}, After: []Scale{{0, 1}}}, Threshold: 1, Keep: 1}
	var err error
	if m.Scorer, err = newCVA(1, m.Norm); err != nil {
		t.Fatal(err)
	}
	var runs []raster.Run
	for y := int32(0); y < 60; y++ {
		runs = append(runs, raster.Run{Y: 700 + y, X0: 700, X1: 800}, raster.Run{Y: 3700 + y, X0: 3300, X1: 3400})
	}
	f, err := Detect(t.Context(), p, m, Options{Area: raster.NewArea(runs), Workers: 2}, Output{})
	if err != nil || f.Pixels != 2*60*100 {
		t.Fatalf("%+v, %v", f, err)
	}
	// Each area lies in one tile, whose window with its halo ends on block borders and begins less than a block before them: 2×2 blocks.
	for _, c := range []*counted{before, after} {
		if n := c.blocks.Load(); n < 2 || n > 8 {
			t.Errorf("%d blocks of %d were decoded, want 2 to 8", n, (side/block)*(side/block))
		}
	}
}

// TestOpening compares with the definition: a pixel stays when some diamond of changed pixels holds it.
func TestOpening(t *testing.T) {
	p := site{seed: 72, w: 120, h: 90, bands: 1, objects: 30}.pair()
	m := fit(t, p, FitOptions{Threshold: Percentile(80), Hysteresis: 1})
	all := pixelsOf(detect(t, p, m, Options{}).Regions)
	for _, n := range []int{1, 2} {
		want := map[[2]int32]bool{}
		for y := int32(0); y < 90; y++ {
			for x := int32(0); x < 120; x++ {
				var diamond [][2]int32
				full := true
				for dy := int32(-n); dy <= int32(n); dy++ {
					for dx := int32(-n); dx <= int32(n); dx++ {
						if max(dx, -dx)+max(dy, -dy) <= int32(n) {
							px := [2]int32{x + dx, y + dy}
							diamond = append(diamond, px)
							full = full && all[px]
						}
					}
				}
				for _, px := range diamond {
					if full {
						want[px] = true
					}
				}
			}
		}
		if len(want) == 0 || len(want) == len(all) {
			t.Fatalf("opening by %d leaves %d of %d", n, len(want), len(all))
		}
		for _, tile := range []int{13, 64, 512} {
			got := pixelsOf(detect(t, p, m, Options{Opening: n, Tile: tile}).Regions)
			if fmt.Sprint(len(got)) != fmt.Sprint(len(want)) {
				t.Errorf("opening by %d, tile %d: %d pixels, want %d", n, tile, len(got), len(want))
			}
			for px := range got {
				if !want[px] {
					t.Fatalf("opening by %d, tile %d: pixel %v stays", n, tile, px)
				}
			}
		}
	}
}
