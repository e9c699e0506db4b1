package jobs

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/form"
	"passdiff/cmd/detect/internal/job"
	"passdiff/geo"
	"passdiff/raster/gdal"
)

// series pairs the passes of a series by its rule.
func (r *reader) series(n *yaml.Node, options map[string]setting) ([][2]pass, error) {
	passes, err := r.passes(n, options)
	if err != nil {
		return nil, err
	}
	if len(passes) < 2 {
		return nil, exit.Errorf(exit.Input, "%s:%d: the series has %d passes; a pair needs two", r.Path, n.Line, len(passes))
	}
	rule := form.Get(n, "pairing")
	against := form.Get(rule, "against")
	if err := r.dated(passes, against != nil); err != nil {
		return nil, err
	}
	slices.SortStableFunc(passes, func(a, b pass) int {
		if !a.at.Known { // then none is
			return 0
		}
		return cmp.Or(a.at.Value.Compare(b.at.Value), strings.Compare(a.said, b.said))
	})
	first := 0
	if against != nil {
		if first, err = r.base(passes, against); err != nil {
			return nil, err
		}
	}
	var pairs [][2]pass
	for i := first + 1; i < len(passes); i++ {
		before := first
		if rule.Value == "consecutive" {
			before = i - 1
		}
		pairs = append(pairs, [2]pass{passes[before], passes[i]})
	}
	return pairs, nil
}

// base is the last pass up to a date, which is up to its end, or a time.
func (r *reader) base(passes []pass, against *yaml.Node) (int, error) {
	at, err := job.ParseTime(against.Value)
	if err != nil {
		return 0, r.At(against, "against: %w", err)
	}
	limit := at.Value
	if _, err := time.Parse(time.DateOnly, against.Value); err == nil {
		limit = limit.AddDate(0, 0, 1).Add(-1)
	}
	base := -1
	for i, p := range passes {
		if !p.at.Value.After(limit) {
			base = i
		}
	}
	last := passes[len(passes)-1].at.Value.Format(time.RFC3339)
	switch {
	case base < 0:
		return 0, r.At(against, "no pass was acquired up to %s; the first is of %s", against.Value, passes[0].at.Value.Format(time.RFC3339))
	case base == len(passes)-1:
		return 0, r.At(against, "no pass was acquired after %s; the last is of %s", against.Value, last)
	}
	return base, nil
}

// dated refuses passes that cannot be put in order: either all have a time or, unless it must be, none.
func (r *reader) dated(passes []pass, must bool) error {
	var without []pass
	for _, p := range passes {
		if !p.at.Known {
			without = append(without, p)
		}
	}
	if len(without) == 0 || len(without) == len(passes) && !must {
		return nil
	}
	p := without[0]
	return exit.Errorf(exit.Input, "%s:%d: %s has no acquisition time, by which the passes are paired; list it with path and time", r.Path, p.node.Line, p.said)
}

// passes are those of a series, in the order of the file, or by name.
func (r *reader) passes(n *yaml.Node, options map[string]setting) (passes []pass, err error) {
	if form.Get(n, "stac") != nil {
		return r.stac(n)
	}
	list := form.Get(n, "passes")
	if list.Kind == yaml.ScalarNode {
		passes, err = r.found(list)
	} else {
		for _, one := range list.Content {
			p := r.pass(one)
			if one.Kind == yaml.MappingNode {
				p = r.pass(form.Get(one, "path"))
				p.mask = form.Text(form.Get(one, "mask"))
				if p.mask != "" {
					p.mask = r.resolve(p.mask)
				}
				if t := form.Get(one, "time"); t != nil {
					p.told = true
					if p.at, err = job.ParseTime(t.Value); err != nil {
						return nil, r.At(t, "time: %w", err)
					}
				}
			}
			passes = append(passes, p)
		}
	}
	if err != nil {
		return nil, err
	}
	for i := range passes {
		if p := &passes[i]; !p.told {
			if p.at, err = acquired(p.path, options); err != nil {
				return nil, r.input(p.node, err)
			}
		}
	}
	return passes, nil
}

// acquired is when a pass was taken; the first file of several tells.
func acquired(path string, options map[string]setting) (geo.Opt[time.Time], error) {
	is := func(flag string) bool { return options[flag].value == "true" }
	o := gdal.OpenOptions{AllowSparse: true, Sidecars: is("sidecars"), AllowRemote: is("allow-remote"), NoGeoref: is("no-georef")}
	if d := options["driver"].value; d != "" {
		o.Drivers = strings.Split(d, ",")
	}
	return job.Acquired(job.SplitPaths(path)[0], o)
}

// found are the GeoTIFFs of a folder, or the files of a pattern, by name.
func (r *reader) found(n *yaml.Node) (passes []pass, err error) {
	pattern := r.join(n.Value)
	var paths []string
	if st, err := os.Stat(pattern); err == nil && st.IsDir() {
		entries, err := os.ReadDir(pattern)
		if err != nil {
			return nil, r.input(n, err)
		}
		for _, e := range entries {
			ext := strings.ToLower(filepath.Ext(e.Name()))
			if (ext == ".tif" || ext == ".tiff") && !strings.HasPrefix(e.Name(), ".") {
				paths = append(paths, filepath.Join(pattern, e.Name()))
			}
		}
	} else if paths, err = filepath.Glob(pattern); err != nil {
		return nil, r.At(n, "%s: is no pattern of names: %w", n.Value, err)
	}
	if len(paths) == 0 {
		return nil, exit.Errorf(exit.Input, "%s:%d: %s: there are no such passes; name a folder with GeoTIFFs, a pattern such as passes/*.tif, or a list", r.Path, n.Line, n.Value)
	}
	slices.Sort(paths)
	for _, path := range paths {
		passes = append(passes, pass{path: path, said: r.relative(path), node: n})
	}
	return passes, nil
}
