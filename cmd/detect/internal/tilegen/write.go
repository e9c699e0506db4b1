package tilegen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"passdiff/raster"
	"passdiff/raster/gdal"
)

// Files are the paths of a written pair.
type Files struct {
	Before, After string
	Truth         string // raster with the classes of TruthRaster
	TruthJSON     string // the JSON of Truth
	Cloud         string // raster with the classes of CloudRaster; "" when the scene has no clouds
	// Digests are those of the rasters, by path.
	Digests map[string]string
}

// Write puts the pair into dir, which is made when it is missing, as NAME_before.tif, NAME_after.tif, NAME_truth.tif,
// NAME_truth.json and, with clouds, NAME_cloud.tif, replacing earlier ones. Memory holds a row of blocks at a time. Files of passes
// with a collar declare a nodata value or hold a mask; class rasters declare none.
func (s *Scene) Write(ctx context.Context, dir, name string) (Files, error) {
	at := func(end string) string { return filepath.Join(dir, name+end) }
	f := Files{Before: at("_before.tif"), After: at("_after.tif"), Truth: at("_truth.tif"), TruthJSON: at("_truth.json")}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Files{}, fmt.Errorf("tilegen: %w", err)
	}
	class := gdal.CreateOptions{Tile: classLayout.Tile, Compression: classLayout.Compression, NoPredictor: true}
	todo := []struct {
		path string
		src  raster.Source
		opts gdal.CreateOptions
	}{
		{f.Before, s.Before(), s.options(s.spec.BeforeLayout, s.spec.BeforeTime)},
		{f.After, s.After(), s.options(s.spec.AfterLayout, s.spec.AfterTime)},
		{f.Truth, s.TruthRaster(), class},
	}
	if s.spec.Clouds > 0 {
		f.Cloud = at("_cloud.tif")
		todo = append(todo, todo[2])
		todo[3].path, todo[3].src = f.Cloud, s.CloudRaster()
	}
	f.Digests = map[string]string{}
	for _, t := range todo {
		sum, err := write(ctx, t.path, t.src, t.opts)
		if err != nil {
			return Files{}, err
		}
		f.Digests[t.path] = sum
	}
	return f, s.writeTruth(f.TruthJSON)
}

// options says how a pass is stored.
func (s *Scene) options(l Layout, acquired string) gdal.CreateOptions {
	o := gdal.CreateOptions{
		Bands: s.spec.Bands, Type: s.spec.Type, Tile: l.Tile, StripRows: l.Rows, BandInterleave: l.BandInterleave,
		Compression: l.Compression, Acquired: acquired,
	}
	if s.spec.Collar > 0 {
		if o.Mask = l.Mask; !l.Mask {
			nodata := s.spec.nodata()
			o.NoData = &nodata
		}
	}
	return o
}

// write stores a source as a GeoTIFF and returns its digest.
func write(ctx context.Context, path string, src raster.Source, o gdal.CreateOptions) (string, error) {
	info := src.Info()
	sink, err := gdal.Create(path, info.Grid, o)
	if err != nil {
		return "", err
	}
	h := newHasher(info)
	err = eachStrip(ctx, src, func(b *raster.Block) error {
		h.add(b)
		return sink.WriteBlock(b.Window, b)
	})
	if closed := sink.Close(); err == nil {
		err = closed
	}
	return h.sum(), err
}

func (s *Scene) writeTruth(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("tilegen: %w", err)
	}
	if _, err = s.Truth().WriteTo(f); err != nil {
		err = fmt.Errorf("tilegen: %s: %w", path, err)
	}
	return errors.Join(err, f.Close())
}
