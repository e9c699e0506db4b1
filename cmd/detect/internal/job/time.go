package job

import (
	"fmt"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/raster/gdal"
)

// Where an acquisition time comes from, as the record says it, the surest first.
const (
	timeFlag     = "flag"
	timeSTAC     = "STAC"
	timeMetadata = "ACQUISITIONDATETIME"
	timeTag      = "TIFFTAG_DATETIME"
)

// acquired is when a pass was taken, as far as is known.
type acquired struct {
	at     geo.Opt[time.Time]
	source string // "" when not known
}

// sure reports that a person or a catalogue said the time.
func (a acquired) sure() bool { return a.source == timeFlag || a.source == timeSTAC }

// acquisition finds the time of a pass: given, or in a STAC item beside the file, or in its metadata. TIFFTAG_DATETIME is often the time at
// which the file was written, so it comes with a warning.
func acquisition(given geo.Opt[time.Time], f gdal.Facts) (acquired, []string) {
	if given.Known {
		return acquired{given, timeFlag}, nil
	}
	if t, ok := stacTime(f.Path); ok {
		return acquired{geo.Some(t), timeSTAC}, nil
	}
	if t, ok := parseTime(f.Acquired, isoLayouts...); ok {
		return acquired{geo.Some(t), timeMetadata}, nil
	}
	if t, ok := parseTime(f.DateTime, "2006:01:02 15:04:05"); ok {
		return acquired{geo.Some(t), timeTag}, []string{f.Path + ": the acquisition time is taken from TIFFTAG_DATETIME, which may be when the file was written"}
	}
	return acquired{}, nil
}

// Acquired is when the pass in a file was taken, as far as a run would believe it without a doubt: by a STAC item beside the file, or by its
// metadata. TIFFTAG_DATETIME does not count. An error is one of opening the file, which is not done when an item tells.
func Acquired(path string, o gdal.OpenOptions) (at geo.Opt[time.Time], err error) {
	if t, ok := stacTime(path); ok {
		return geo.Some(t), nil
	}
	s, err := gdal.Open(path, o)
	if err != nil {
		return at, err
	}
	defer s.Close()
	if t, ok := parseTime(s.Facts().Acquired, isoLayouts...); ok {
		return geo.Some(t), nil
	}
	return at, nil
}

// isoLayouts are forms of ISO 8601 in metadata and flags.
var isoLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	"2006-01-02"}

// ParseTime reads an ISO 8601 time or date, UTC unless it says otherwise; "" is not known.
func ParseTime(s string) (geo.Opt[time.Time], error) {
	if s == "" {
		return geo.Opt[time.Time]{}, nil
	}
	if t, ok := parseTime(s, isoLayouts...); ok {
		return geo.Some(t), nil
	}
	return geo.Opt[time.Time]{}, fmt.Errorf("%q is not a time like 2026-05-01T10:30:00Z", s)
}

// checkOrder refuses passes whose times, both said by a person or a catalogue, are the wrong way round.
func checkOrder(passes [2]pass) error {
	b, a := passes[0], passes[1]
	if b.sure() && a.sure() && a.at.Value.Before(b.at.Value) {
		return exit.Errorf(exit.Input, "AFTER was acquired at %s, BEFORE at %s; swap them",
			a.at.Value.Format(time.RFC3339), b.at.Value.Format(time.RFC3339))
	}
	return nil
}

// parseTime tries layouts; a time without a zone is UTC.
func parseTime(s string, layouts ...string) (time.Time, bool) {
	for _, l := range layouts {
		if t, err := time.Parse(l, strings.TrimSpace(s)); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// key is the time as it enters the pass pair of a detection's id.
func (a acquired) key() string {
	if !a.at.Known {
		return ""
	}
	return a.at.Value.Format(time.RFC3339Nano)
}
