package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/form"
	"passdiff/cmd/detect/internal/job"
)

// Bounds of a STAC catalog: bytes of a file, and files.
const (
	mostSTAC  = 256 << 20
	mostFiles = 100000
)

// stacFile is what is read of a STAC item, item collection, collection or catalog.
type stacFile struct {
	Type       string     `json:"type"`
	ID         string     `json:"id"`
	Features   []stacFile `json:"features"`
	Properties struct {
		DateTime string `json:"datetime"`
		Start    string `json:"start_datetime"`
	} `json:"properties"`
	Assets map[string]stacAsset `json:"assets"`
	Links  []struct {
		Rel  string `json:"rel"`
		Href string `json:"href"`
	} `json:"links"`

	dir string // to which its addresses are relative
}

type stacAsset struct {
	Href  string   `json:"href"`
	Roles []string `json:"roles"`
}

// stac are the passes of a local catalog.
func (r *reader) stac(n *yaml.Node) (passes []pass, err error) {
	at := form.Get(n, "stac")
	items, err := stacItems(r.join(at.Value), map[string]bool{})
	if err != nil {
		return nil, r.input(at, err)
	}
	for _, item := range items {
		p := pass{node: at, told: true}
		if p.at, err = job.ParseTime(item.time()); err != nil || !p.at.Known {
			return nil, r.input(at, fmt.Errorf("%s: item %s has no datetime, by which the passes are paired; leave it out", at.Value, item.ID))
		}
		var hrefs []string
		keys := form.Texts(form.Get(n, "asset"))
		if keys == nil {
			keys, err = item.data()
		}
		for _, k := range keys {
			href, missing := item.href(k)
			err = errors.Join(err, missing)
			hrefs = append(hrefs, href)
		}
		if mask := form.Get(n, "mask-asset"); mask != nil && err == nil {
			p.mask, err = item.href(mask.Value)
		}
		if err != nil {
			return nil, r.input(at, fmt.Errorf("%s: item %s %w", at.Value, item.ID, err))
		}
		p.path = strings.Join(hrefs, ",")
		p.said = r.relative(p.path)
		passes = append(passes, p)
	}
	return passes, nil
}

// stacItems are the items of a file and of those that it links to, in their order; seen are the files that were read already.
func stacItems(path string, seen map[string]bool) (items []stacFile, err error) {
	if seen[path] {
		return nil, nil
	}
	if seen[path] = true; len(seen) > mostFiles {
		return nil, fmt.Errorf("%s: the catalog has more than %d files; name a smaller one", path, mostFiles)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, exit.Cause(err))
	}
	defer f.Close()
	var top stacFile
	if err := json.NewDecoder(io.LimitReader(f, mostSTAC)).Decode(&top); err != nil {
		return nil, fmt.Errorf("%s: is no STAC file: %w", path, err)
	}
	dir := filepath.Dir(path)
	switch top.Type {
	case "Feature":
		items = []stacFile{top}
	case "FeatureCollection":
		items = top.Features
	case "Catalog", "Collection":
		for _, l := range top.Links {
			if l.Rel != "item" && l.Rel != "child" {
				continue
			}
			if prefixed.MatchString(l.Href) {
				return nil, fmt.Errorf("%s: links to %s, which is not a file of this machine; download the catalog", path, l.Href)
			}
			more, err := stacItems(local(dir, l.Href), seen)
			if err != nil {
				return nil, err
			}
			items = append(items, more...)
		}
		return items, nil
	default:
		return nil, fmt.Errorf("%s: is of type %q; name a STAC item, item collection, collection or catalog", path, top.Type)
	}
	for i := range items {
		items[i].dir = dir
	}
	return items, nil
}

// time is when an item was acquired, "" when it does not say.
func (s stacFile) time() string {
	if s.Properties.DateTime != "" {
		return s.Properties.DateTime
	}
	return s.Properties.Start
}

// data is the key of the one asset that holds data.
func (s stacFile) data() ([]string, error) {
	keys := slices.Sorted(maps.Keys(s.Assets))
	data := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !slices.Contains(s.Assets[k].Roles, "data") })
	switch {
	case len(data) == 1:
		return data, nil
	case len(keys) == 1:
		return keys, nil
	}
	return nil, fmt.Errorf("has the assets %s, and not one of them alone has the role data; choose with asset", strings.Join(keys, ", "))
}

// href is where an asset is.
func (s stacFile) href(key string) (string, error) {
	a, ok := s.Assets[key]
	if !ok || a.Href == "" {
		return "", fmt.Errorf("has no asset %q; it has %s", key, strings.Join(slices.Sorted(maps.Keys(s.Assets)), ", "))
	}
	return local(s.dir, a.Href), nil
}

// local is a link as a path.
func local(dir, href string) string {
	href = strings.TrimPrefix(href, "file://")
	if prefixed.MatchString(href) || filepath.IsAbs(href) {
		return href
	}
	path := filepath.Join(dir, filepath.FromSlash(href))
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return path
}
