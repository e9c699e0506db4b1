package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"passdiff/cmd/detect/internal/form"
	"passdiff/cmd/detect/internal/job"
	"passdiff/geo"
)

// prefixed is a web address, or a name that begins with the kind of thing it is, as GDAL has them.
var prefixed = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]+:`)

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// pass is one side of a pair.
type pass struct {
	path string // as detect run takes it
	said string // as the file says it
	// at orders passes; told says that run has to be told, because it does not find the time itself.
	at   geo.Opt[time.Time]
	told bool
	mask string
	node *yaml.Node
}

// pass is a pass that is given by its file, or one for each band.
func (r *reader) pass(n *yaml.Node) pass {
	said := strings.Join(form.Texts(n), ",")
	return pass{path: r.resolve(said), said: said, node: n}
}

// pair makes a pair of a job.
func (r *reader) pair(n *yaml.Node, id, area string, passes [2]pass, options map[string]setting) (Pair, error) {
	p := Pair{Job: id, AOI: area, Before: passes[0].path, After: passes[1].path}
	all := map[string]string{"job-id": id}
	for flag, s := range options {
		all[flag] = s.value
	}
	if area != "" {
		all["aoi-id"] = area
	}
	for i, side := range []string{"before", "after"} {
		if passes[i].told {
			all[side+"-time"] = passes[i].at.Value.Format(time.RFC3339Nano)
		}
		if m := passes[i].mask; m != "" {
			all[side+"-mask"] = m
		}
	}
	for flag, v := range all {
		p.Options = append(p.Options, Option{flag, v})
	}
	slices.SortFunc(p.Options, func(a, b Option) int { return strings.Compare(a.Flag, b.Flag) })

	folder := named(safe(id), "job", id)
	if area != "" {
		folder = named(safe(area), "area", r.relative(options["aoi"].value), options["aoi-layer"].value, options["aoi-id-field"].value, area)
	}
	stem := passes[0].label() + "_" + passes[1].label()
	p.Name = folder + "/" + named(stem, "pair", id, folder, passes[0].said, passes[1].said)
	what := fmt.Sprintf("%s and %s", passes[0].said, passes[1].said)
	if other, taken := r.names[p.Name]; taken {
		return Pair{}, r.At(n, "job %s compares %s twice: it did so with %s; leave one out", id, what, other)
	}
	r.names[p.Name] = what
	return p, nil
}

// relative is a path as seen from the file of jobs, so that names do not depend on where batch is started.
func (r *reader) relative(path string) string {
	dir, err := filepath.Abs(r.dir)
	if err != nil {
		return path
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, full); err == nil {
		return filepath.ToSlash(rel)
	}
	return full
}

// label is what a pass is called in names: its date where it is known, else its file without folder and extension.
func (p pass) label() string {
	if p.at.Known {
		return p.at.Value.Format(time.DateOnly)
	}
	base := filepath.Base(job.SplitPaths(p.said)[0])
	return safe(strings.TrimSuffix(base, filepath.Ext(base)))
}

// longestLabel is how much of a text goes into a name.
const longestLabel = 40

// unsafe is what names do not have.
var unsafe = regexp.MustCompile(`[^a-z0-9._]+`)

// safe is a text of [a-z0-9._-] that begins with a letter or a digit, for a person to recognise.
func safe(text string) string {
	text = strings.TrimLeft(unsafe.ReplaceAllString(strings.ToLower(text), "-"), "-._")
	if len(text) > longestLabel {
		text = text[:longestLabel]
	}
	if text = strings.TrimRight(text, "-._"); text == "" {
		return "x"
	}
	return text
}

// named is a safe name of something: what a person recognises, and a hash of what it is.
func named(label string, identity ...string) string {
	h := sha256.New()
	for _, part := range identity {
		fmt.Fprintf(h, "%d %s\n", len(part), part)
	}
	return label + "-" + hex.EncodeToString(h.Sum(nil)[:4])
}
