package job

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stacItem is what is read of a STAC item.
type stacItem struct {
	Version    string `json:"stac_version"`
	Properties struct {
		DateTime string `json:"datetime"`
		Start    string `json:"start_datetime"`
		// Of the view extension, in degrees.
		SunElevation *float64 `json:"view:sun_elevation"`
		SunAzimuth   *float64 `json:"view:sun_azimuth"`
	} `json:"properties"`
}

// stacLimit bounds a STAC item, in bytes; real ones have some ten thousand.
const stacLimit = 4 << 20

// stacItems are the STAC items beside a file: of its name with .json in place of or after its extension.
func stacItems(path string) (items []stacItem) {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, name := range []string{stem + ".json", path + ".json", stem + ".stac.json"} {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(f, stacLimit))
		f.Close()
		var item stacItem
		if err == nil && json.Unmarshal(data, &item) == nil && item.Version != "" {
			items = append(items, item)
		}
	}
	return items
}

// stacTime is the first time that a STAC item beside a file has.
func stacTime(path string) (time.Time, bool) {
	for _, item := range stacItems(path) {
		for _, text := range []string{item.Properties.DateTime, item.Properties.Start} {
			if t, ok := parseTime(text, isoLayouts...); ok {
				return t, true
			}
		}
	}
	return time.Time{}, false
}
