package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/geo"
)

// combinedName is the file of all detections.
const combinedName = "combined.geojson"

// combined says what is in the file of all detections.
type combined struct {
	File     string `json:"file"`
	Features int64  `json:"features"`
	// Repeated detections were found in several areas of a scene and stand once.
	Repeated int64 `json:"repeated"`
	// LeftOut are the pairs without a georeference, whose positions mean nothing beside each other.
	LeftOut []string `json:"left_out"`
}

// combine writes the detections of all pairs that have a result, in their order, each id of a job once: the first stands, and has the areas of
// all, sorted, with commas between.
func (b *Batch) combine(ctx context.Context, entries []entry) (combined, error) {
	c := combined{File: combinedName, LeftOut: []string{}}
	areas, err := b.areas(ctx, entries, &c)
	if err != nil {
		return c, err
	}
	if err := b.style(); err != nil {
		return c, err
	}
	name := filepath.Join(b.Dir, combinedName)
	return c, output.Write(name, func(out io.Writer) error {
		w := geo.NewWriter(out, geo.Format{})
		for _, e := range entries {
			if slices.Contains(c.LeftOut, e.Name) {
				continue
			}
			err := b.each(ctx, e, func(f *geo.Feature, _ bool) error {
				ids, first := areas[same{e.Job, f.DetID}], true
				if ids != nil {
					if first = !ids.written; first && len(ids.aois) > 0 {
						f.AOIID = geo.Some(strings.Join(ids.aois, ","))
					}
					ids.written = true
				}
				if !first {
					c.Repeated++
					return nil
				}
				return w.Write(f)
			})
			if err != nil {
				return err
			}
		}
		c.Features = w.Count()
		return w.Close()
	})
}

// style puts a style for QGIS beside the file of all detections, unless there is one, which may be the user's own.
func (b *Batch) style() error {
	name := filepath.Join(b.Dir, strings.TrimSuffix(combinedName, ".geojson")+".qml")
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	return output.Write(name, func(w io.Writer) error {
		_, err := io.WriteString(w, job.Style)
		return err
	})
}

// same is what detections have in common that are one: jobs may ask different things of one pair.
type same struct{ job, id string }

// shared is a detection of several pairs: in which areas it was found, sorted, and whether it is written already.
type shared struct {
	aois    []string
	written bool
}

// areas finds the detections of several pairs, and the pairs to be left out.
func (b *Batch) areas(ctx context.Context, entries []entry, c *combined) (map[same]*shared, error) {
	first := map[same]int{} // the entry in which an id stands first
	several := map[same]*shared{}
	add := func(s *shared, e entry) {
		if e.AOI == nil {
			return
		}
		if at, found := slices.BinarySearch(s.aois, *e.AOI); !found {
			s.aois = slices.Insert(s.aois, at, *e.AOI)
		}
	}
	for i, e := range entries {
		pixel := false
		err := b.each(ctx, e, func(f *geo.Feature, inPixels bool) error {
			if pixel = inPixels; pixel {
				return io.EOF
			}
			key := same{e.Job, f.DetID}
			at, twice := first[key]
			if !twice {
				first[key] = i
				return nil
			}
			s := several[key]
			if s == nil {
				s = &shared{}
				add(s, entries[at])
				several[key] = s
			}
			add(s, e)
			return nil
		})
		if pixel {
			c.LeftOut = append(c.LeftOut, e.Name)
		}
		if err != nil {
			return nil, err
		}
	}
	if n := len(c.LeftOut); n > 0 {
		b.Report.Warn("%d pairs have no georeference and are left out of %s", n, combinedName)
	}
	return several, nil
}

// each reads the detections of a pair; of one without a result there are none. take ends the reading with io.EOF. It is told whether the
// pair is in pixel space.
func (b *Batch) each(ctx context.Context, e entry, take func(f *geo.Feature, pixel bool) error) error {
	if e.Status != done {
		return ctx.Err()
	}
	name := filepath.Join(b.Dir, filepath.FromSlash(e.Outputs[0]))
	f, err := os.Open(name)
	if err != nil {
		return exit.Errorf(exit.Output, "%s: %w", name, exit.Cause(err))
	}
	defer f.Close()
	for r := geo.NewReader(f); ; {
		one, err := r.Read()
		if err == nil {
			err = take(one, r.Pixel())
		}
		if err == nil {
			err = ctx.Err()
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}
