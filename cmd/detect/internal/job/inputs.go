package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// pass is one opened input.
type pass struct {
	*gdal.Scene
	acquired
	sha256   string // "" when not hashed
	warnings []string
}

// open opens both passes. The caller closes them.
func (j *Job) open(ctx context.Context) (passes [2]pass, err error) {
	o := gdal.OpenOptions{AllowSparse: j.AllowSparse, Sidecars: j.Sidecars, AllowRemote: j.AllowRemote, NoGeoref: j.NoGeoref}
	for i, path := range []string{j.Before, j.After} {
		s, err := gdal.Open(path, o)
		if err != nil {
			closeAll(passes)
			return passes, exit.With(exit.Input, err)
		}
		p := pass{Scene: s}
		p.acquired, p.warnings = acquisition([]geo.Opt[time.Time]{j.BeforeTime, j.AfterTime}[i], s.Facts())
		if j.HashInputs {
			if p.sha256, err = hashFile(ctx, path); err != nil {
				s.Close()
				closeAll(passes)
				return passes, err
			}
		}
		passes[i] = p
	}
	if err := checkOrder(passes); err != nil {
		closeAll(passes)
		return passes, err
	}
	return passes, nil
}

func closeAll(passes [2]pass) {
	for _, p := range passes {
		if p.Scene != nil {
			p.Close()
		}
	}
}

// align lays the passes on each other.
func (j *Job) align(passes [2]pass) (*raster.Pair, error) {
	p, err := raster.Align(passes[0], passes[1], raster.AlignOptions{SameCRS: gdal.SameCRS, Pixels: j.NoGeoref})
	return p, exit.With(exit.Input, err)
}

// hashFile is the SHA-256 of a file in hexadecimal.
func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", notFound(path, err)
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", notFound(path, err)
		}
	}
}
