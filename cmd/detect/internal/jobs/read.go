package jobs

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/form"
	"passdiff/docs"
	"passdiff/geo/ogr"
)

// jobsForm is what a file of jobs looks like.
var jobsForm = form.Form{
	Schema:  docs.JobsSchema,
	Missing: "name a file of jobs, or write one with detect batch --init",
	Empty:   "detect batch --init writes an example",
}

// Read reads a file of jobs and makes its pairs: it looks for passes, reads the acquisition times by which they are paired, and the ids of
// areas. That the passes themselves exist and can be read is for detect run to find out. Errors name the file and the line and carry exit
// codes: Usage for what the file says, Input for what it names.
func Read(path string, rules Rules) (*File, error) {
	d, err := jobsForm.Read(path)
	if err != nil {
		return nil, err
	}
	r := reader{Document: d, rules: rules, dir: filepath.Dir(path), ids: map[string]int{}, names: map[string]string{}}
	defaults := form.Get(d.Root, "defaults")
	base, errs := r.options(form.Get(defaults, "options"), nil)
	var all []Pair
	for _, n := range form.Get(d.Root, "jobs").Content {
		pairs, err := r.job(n, base, form.Get(defaults, "outputs"))
		if err != nil {
			errs = append(errs, err)
		}
		all = append(all, pairs...)
	}
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	return &File{Path: path, Pairs: all}, nil
}

// joined are errors as one, with the code of the first.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	code := exit.Usage
	if e := (*exit.Error)(nil); errors.As(errs[0], &e) {
		code = e.Code
	}
	return &exit.Error{Code: code, Err: errors.Join(errs...)}
}

// reader makes pairs of a document that fits the schema.
type reader struct {
	*form.Document
	rules Rules
	dir   string            // of the file
	ids   map[string]int    // lines of jobs
	names map[string]string // what has each name
}

// setting is an option with its place.
type setting struct {
	value string
	node  *yaml.Node
}

// options adds the options of a mapping to those that are the default.
func (r *reader) options(n *yaml.Node, base map[string]setting) (all map[string]setting, errs []error) {
	all = map[string]setting{}
	for flag, s := range base {
		all[flag] = s
	}
	if n == nil {
		return all, nil
	}
	for key, v := range form.Fields(n) {
		s := setting{strings.Join(form.Texts(v), ","), v}
		if isFile(key.Value) {
			s.value = r.resolve(s.value)
		}
		if r.rules.Option != nil {
			if err := r.rules.Option(key.Value, s.value); err != nil {
				errs = append(errs, r.At(v, "%w", err))
				continue
			}
		}
		all[key.Value] = s
	}
	return all, errs
}

// job makes the pairs of one job.
func (r *reader) job(n *yaml.Node, base map[string]setting, outputs *yaml.Node) ([]Pair, error) {
	id := form.Text(form.Get(n, "id"))
	if line, twice := r.ids[id]; twice {
		return nil, r.At(form.Get(n, "id"), "job %q is on line %d already; give each its own id", id, line)
	}
	r.ids[id] = form.Get(n, "id").Line
	options, errs := r.options(form.Get(n, "options"), base)
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	areas, err := r.areas(n, options)
	if err != nil {
		return nil, err
	}
	var passes [][2]pass
	if series := form.Get(n, "series"); series != nil {
		passes, err = r.series(series, options)
	} else {
		passes, err = [][2]pass{{r.pass(form.Get(n, "before")), r.pass(form.Get(n, "after"))}}, nil
	}
	if err != nil {
		return nil, err
	}
	if own := form.Get(n, "outputs"); own != nil {
		outputs = own
	}
	var pairs []Pair
	for _, area := range areas {
		for _, two := range passes {
			p, err := r.pair(n, id, area, two, options)
			if err != nil {
				return nil, err
			}
			for _, e := range extras {
				if slices.Contains(form.Texts(outputs), e.output) {
					p.Outputs = append(p.Outputs, e.output)
				}
			}
			if r.rules.Run != nil {
				if err := r.rules.Run(p.Args("")); err != nil {
					return nil, r.At(n, "job %s: %w", id, err)
				}
			}
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// areas are the ids of the areas that a job has a comparison for each of, "" for one without. It puts the file of areas among the options.
func (r *reader) areas(n *yaml.Node, options map[string]setting) ([]string, error) {
	one, each := form.Get(n, "aoi"), form.Get(n, "aois")
	at := one
	if each != nil {
		at = each
	}
	if at == nil {
		return []string{""}, nil
	}
	for _, flag := range []string{"aoi", "aoi-id-field", "aoi-layer"} {
		if own := form.Get(form.Get(n, "options"), flag); own != nil {
			return nil, r.At(own, "job %s says its areas twice; leave this option out, and write file, field and layer in their place", form.Text(form.Get(n, "id")))
		}
		delete(options, flag) // of the defaults
	}
	file := form.Get(at, "file")
	if at.Kind == yaml.ScalarNode {
		file = at
	}
	options["aoi"] = setting{r.resolve(file.Value), file}
	for flag, v := range map[string]*yaml.Node{"aoi-id-field": form.Get(at, "field"), "aoi-layer": form.Get(at, "layer")} {
		if v != nil {
			options[flag] = setting{v.Value, v}
		}
	}
	if each == nil {
		return []string{""}, nil
	}
	if options["fit"].value == "" && options["model"].value == "" {
		options["fit"] = setting{"scene", each} // one model for all areas of a pair, so that what two of them share is found alike
	}
	read, err := ogr.Read(options["aoi"].value, ogr.Options{Layer: options["aoi-layer"].value, IDField: options["aoi-id-field"].value})
	if err != nil {
		return nil, r.input(file, err)
	}
	var ids []string
	for _, a := range read {
		ids = append(ids, a.ID)
	}
	return ids, nil
}

// input is an error of a file that a value names.
func (r *reader) input(n *yaml.Node, err error) error {
	return exit.Errorf(exit.Input, "%s:%d: %w", r.Path, n.Line, err)
}

// resolve makes a path relative to the file of jobs one relative to the working directory. Each of several paths with commas between is
// one, unless a file has the whole name; addresses and names with a prefix stay.
func (r *reader) resolve(path string) string {
	if whole := r.join(path); !strings.Contains(path, ",") || exists(whole) {
		return whole
	}
	parts := strings.Split(path, ",")
	for i := range parts {
		if parts[i] != "" { // detect run complains of what is missing
			parts[i] = r.join(parts[i])
		}
	}
	return strings.Join(parts, ",")
}

func (r *reader) join(path string) string {
	if filepath.IsAbs(path) || prefixed.MatchString(path) {
		return path
	}
	path = filepath.Join(r.dir, path)
	if strings.HasPrefix(path, "-") {
		path = "./" + path // no option
	}
	return path
}
