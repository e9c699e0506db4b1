package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// picture is what the scripts' command tif draws: gentle texture that belongs to the ground, a little noise that belongs to the pass, and
// boxes in which the ground is brighter. Positions are pixels of a frame that all pictures share.
type picture struct {
	grid    raster.Grid
	opts    gdal.CreateOptions
	col0    int // frame position of the first pixel
	row0    int
	noise   uint64 // seed of the noise
	boxes   []raster.Window
	holes   []raster.Window // not measured
	moved   [2]float64      // by how much the ground lies further right and down than the grid says
	flat    bool
	value   float64 // of a flat picture
	nothing bool    // no pixel is measured
}

// boxContrast is by how much boxes are brighter: far above texture (0 to 30) and noise (0 to 4).
const boxContrast = 100

// cmdTif writes a GeoTIFF; without options one of 120×100 pixels, uint8, 10 m in EPSG:32631, deflated tiles of 64.
//
//	tif NAME [KEY=VALUE...]
//
//	size=WxH bands=N type=uint8|uint16|int16|float32   pixels
//	crs=EPSG:N|none px=SIZE origin=X,Y at=COL,ROW      place; at moves the grid by pixels, and what is seen with it
//	pass=N box=X,Y,W,H                                 seed of the noise; what is brighter (repeatable)
//	moved=DX,DY                                        by how many pixels the ground lies further right and down than the grid says
//	flat=V blank hole=X,Y,W,H                          a constant; nothing measured; a part not measured (repeatable)
//	nodata=V mask alpha                                how that is told
//	tile=N strip=N interleave=band compress=NAME       storage
//	acquired=TIME datetime=TIME
func cmdTif(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: tif NAME [KEY=VALUE...]")
	}
	p, err := parsePicture(args[1:])
	ts.Check(err)
	ts.Check(p.write(ts.MkAbs(args[0])))
}

func parsePicture(options []string) (picture, error) {
	p := picture{
		grid: raster.Grid{CRS: "EPSG:32631", Width: 120, Height: 100},
		opts: gdal.CreateOptions{Tile: 64},
	}
	px, origin, at := 10.0, []float64{600000, 5700000}, []float64{0, 0}
	for _, o := range options {
		key, v, _ := strings.Cut(o, "=")
		n, numErr := numbers(v)
		var err error
		switch key {
		case "size":
			_, err = fmt.Sscanf(v, "%dx%d", &p.grid.Width, &p.grid.Height)
		case "bands":
			p.opts.Bands, err = strconv.Atoi(v)
		case "type":
			p.opts.Type, err = dataType(v)
		case "crs":
			p.grid.CRS = v
		case "px":
			px, err = strconv.ParseFloat(v, 64)
		case "origin":
			origin, err = n, numErr
		case "at":
			at, err = n, numErr
		case "moved":
			if err = numErr; err == nil {
				p.moved = [2]float64(n)
			}
		case "pass":
			p.noise, err = strconv.ParseUint(v, 10, 64)
		case "box":
			p.boxes, err = appendWindow(p.boxes, v)
		case "hole":
			p.holes, err = appendWindow(p.holes, v)
		case "flat":
			p.flat = true
			p.value, err = strconv.ParseFloat(v, 64)
		case "blank":
			p.nothing = true
		case "nodata":
			p.opts.NoData = new(float64)
			*p.opts.NoData, err = strconv.ParseFloat(v, 64)
		case "mask":
			p.opts.Mask = true
		case "alpha":
			p.opts.Alpha = true
		case "tile":
			p.opts.Tile, err = strconv.Atoi(v)
		case "strip":
			p.opts.StripRows, err = strconv.Atoi(v)
		case "interleave":
			p.opts.BandInterleave = v == "band"
		case "compress":
			p.opts.Compression = v
		case "acquired":
			p.opts.Acquired = v
		case "datetime":
			p.opts.DateTime = v
		default:
			err = fmt.Errorf("no such option")
		}
		if err != nil {
			return p, fmt.Errorf("tif: %s: %w", o, err)
		}
	}
	p.col0, p.row0 = int(at[0]), int(at[1])
	p.grid.Affine = raster.Affine{origin[0] + px*at[0], px, 0, origin[1] - px*at[1], 0, -px}
	if p.grid.CRS == "none" {
		p.grid.CRS, p.grid.Affine = "", raster.Affine{}
	}
	return p, nil
}

func numbers(s string) (n []float64, err error) {
	for part := range strings.SplitSeq(s, ",") {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return nil, err
		}
		n = append(n, v)
	}
	return n, nil
}

func appendWindow(list []raster.Window, s string) ([]raster.Window, error) {
	var w raster.Window
	_, err := fmt.Sscanf(s, "%d,%d,%d,%d", &w.X, &w.Y, &w.W, &w.H)
	return append(list, w), err
}

func dataType(name string) (raster.DataType, error) {
	for _, t := range []raster.DataType{raster.Uint8, raster.Uint16, raster.Int16, raster.Float32} {
		if t.String() == name {
			return t, nil
		}
	}
	return 0, fmt.Errorf("type %q is not one of those tif writes", name)
}

// write stores the picture in one window.
func (p picture) write(path string) error {
	bands := max(1, p.opts.Bands)
	t := p.opts.Type
	if t == 0 {
		t = raster.Uint8
	}
	w := p.grid.Window()
	var b raster.Block
	b.Shape(w, bands, t)
	if p.nothing || len(p.holes) > 0 {
		valid := b.MaskStorage()
		for i := range valid {
			valid[i] = 255
			if p.nothing || covers(p.holes, p.col0+i%w.W, p.row0+i/w.W) {
				valid[i] = 0
			}
		}
	}
	for band := range bands {
		for y := range w.H {
			for x := range w.W {
				setValue(b.Data, (band*w.H+y)*w.W+x, p.at(band, p.col0+x, p.row0+y))
			}
		}
	}
	sink, err := gdal.Create(path, p.grid, p.opts)
	if err != nil {
		return err
	}
	err = sink.WriteBlock(w, &b)
	if closed := sink.Close(); err == nil {
		err = closed
	}
	return err
}

// at is the value of a frame pixel.
func (p picture) at(band, x, y int) float64 {
	if p.flat {
		return p.value
	}
	fx, fy := math.Floor(-p.moved[0]), math.Floor(-p.moved[1])
	u, v := -p.moved[0]-fx, -p.moved[1]-fy
	gx, gy := x+int(fx), y+int(fy)
	return (1-v)*((1-u)*p.ground(band, gx, gy)+u*p.ground(band, gx+1, gy)) + v*((1-u)*p.ground(band, gx, gy+1)+u*p.ground(band, gx+1, gy+1)) +
		float64(scatter(uint64(band), p.noise+1, x, y)%5)
}

// ground is what lies at a frame pixel.
func (p picture) ground(band, x, y int) float64 {
	v := 60 + float64(scatter(uint64(band), 0, x/5, y/5)%31)
	if covers(p.boxes, x, y) {
		v += boxContrast
	}
	return v
}

func covers(list []raster.Window, x, y int) bool {
	for _, w := range list {
		if w.Contains(raster.Window{X: x, Y: y, W: 1, H: 1}) {
			return true
		}
	}
	return false
}

// scatter is a hash of a position, by the finaliser of SplitMix64.
func scatter(band, layer uint64, x, y int) uint64 {
	h := band<<56 ^ layer<<48 ^ uint64(uint32(x))<<24 ^ uint64(uint32(y))
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

func setValue(data any, i int, v float64) {
	switch d := data.(type) {
	case []uint8:
		d[i] = uint8(v)
	case []uint16:
		d[i] = uint16(v)
	case []int16:
		d[i] = int16(v)
	case []float32:
		d[i] = float32(v)
	}
}
