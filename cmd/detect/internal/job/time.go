package job

import (
	"strings"
	"time"

	"passdiff/geo"
	"passdiff/raster/gdal"
)

// Where an acquisition time comes from, as the record says it.
const (
	timeMetadata = "ACQUISITIONDATETIME"
	timeTag      = "TIFFTAG_DATETIME"
)

// acquired is when a pass was taken, as far as its file tells.
type acquired struct {
	at     geo.Opt[time.Time]
	source string // "" when not known
}

// acquisition reads the time of a pass from its metadata. TIFFTAG_DATETIME is often the time at which the file was written, so it comes
// with a warning.
func acquisition(f gdal.Facts) (acquired, []string) {
	if t, ok := parseTime(f.Acquired, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05.999999999", "2006-01-02"); ok {
		return acquired{geo.Some(t), timeMetadata}, nil
	}
	if t, ok := parseTime(f.DateTime, "2006:01:02 15:04:05"); ok {
		return acquired{geo.Some(t), timeTag}, []string{f.Path + ": the acquisition time is taken from TIFFTAG_DATETIME, which may be when the file was written"}
	}
	return acquired{}, nil
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
