package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// cmdMask wants a mask raster to tell the same as OUT and its run record: as many changed pixels as the features have, as many
// observed ones as were observed, and the rest of the grid of before 255.
//
//	mask MASK OUT
func cmdMask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mask MASK OUT")
	}
	var rec struct {
		Coverage []struct {
			Class  string
			Pixels int64
		} `json:"coverage"`
		Counts struct {
			Features int   `json:"features"`
			Kept     int64 `json:"kept_px"`
		} `json:"counts"`
		Alignment struct {
			Size [2]int64 `json:"size"`
		} `json:"alignment"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1]+".run.json")), &rec))
	c := readGeoJSON(ts, args[1])
	changed := int64(0)
	for _, f := range c.Features {
		changed += int64(f.values["pixels"].(float64))
	}
	got, err := countMask(ts.MkAbs(args[0]))
	ts.Check(err)
	want := [3]int64{-changed, changed, 0}
	for _, c := range rec.Coverage {
		if c.Class == "observed" {
			want[0] += c.Pixels
		} else {
			want[2] += c.Pixels
		}
	}
	if got != want {
		ts.Fatalf("%s has %d unchanged, %d changed, %d unobserved pixels; %s and its record say %d, %d, %d",
			args[0], got[0], got[1], got[2], args[1], want[0], want[1], want[2])
	}
	if all := rec.Alignment.Size[0] * rec.Alignment.Size[1]; got[0]+got[1]+got[2] != all {
		ts.Fatalf("%s has %v pixels, the grid %d", args[0], got, all)
	}
	if rec.Counts.Features != len(c.Features) || rec.Counts.Kept != changed {
		ts.Fatalf("the record counts %d features of %d pixels, %s has %d of %d", rec.Counts.Features, rec.Counts.Kept, args[1], len(c.Features), changed)
	}
}

// countMask counts the pixels of a mask raster that are 0, 1 and not measured (255 is its nodata).
func countMask(path string) (n [3]int64, err error) {
	b, err := readAll(path)
	if err != nil {
		return n, err
	}
	for i, v := range b.Data.([]uint8) {
		switch {
		case b.Valid != nil && b.Valid[i] == 0:
			n[2]++
		case v > 1:
			return n, fmt.Errorf("%s: a pixel is %d", path, v)
		default:
			n[v]++
		}
	}
	return n, nil
}

// readAll reads a whole file.
func readAll(path string) (*raster.Block, error) {
	s, err := gdal.Open(path, gdal.OpenOptions{})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r, err := s.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	info := s.Info()
	b := new(raster.Block)
	b.Shape(info.Grid.Window(), info.Bands, info.Type)
	return b, r.Read(context.Background(), info.Grid.Window(), b)
}
