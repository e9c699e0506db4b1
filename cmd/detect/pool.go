package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/pool"
	"passdiff/cmd/detect/internal/report"
)

// poolOptions are the flags of detect pool.
type poolOptions struct {
	open                              openOptions
	partner, state, window, originKey string
	overwrite                         bool
}

func newPool(messages *report.Reporter) *cobra.Command {
	var o poolOptions
	cmd := &cobra.Command{
		Use:   "pool INPUT… OUT.geojson",
		Short: "Combine packages of several partners and our own outputs",
		Long: `pool combines packages, folders, .tar or .tar.age, each of which it verifies as detect
verify does, with outputs of our own, .geojson of detect run, track or pool. What lies at
one place within --window becomes one feature, with the place and attributes of its most
precise member; all sources stand in it, with the strictest TLP among them.

n_observations counts distinct observations, a pair of passes of one origin each, and
not partners: what comes back to us by another way is not counted again. What tells no
origins may be a copy of what does, and only n_observations_possible counts it. Where
places are generalised, a member is joined because it lies in the same cell: such
features are marked weak, and it is counted likewise. A feature stays a candidate until
our own people accept it. With no_onward it must not be passed on.

The order of the inputs, or giving one twice, does not matter. With --state an old
package does not pass for the newest of its publisher.`,
		Example: `  detect pool from-a from-b.tar.age ours.geojson pool.geojson --trust partners.keys --identity key.txt --origin-key origin.key`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return exit.Errorf(exit.Usage, "detect pool takes inputs and the file to write, and got %d arguments; see detect pool --help", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), args[:len(args)-1], args[len(args)-1], messages)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.open.flags(cmd)
	f.StringVar(&o.partner, "partner", "", "refuse packages that were made for another partner than this one")
	f.StringVar(&o.state, "state", "", "file of the newest packages that detect verify --state saw: refuse older ones in their place; only read")
	f.StringVar(&o.window, "window", "30d", "how far apart in time two sightings of one change may be, in days (30d) or hours (72h)")
	f.StringVar(&o.originKey, "origin-key", "", "file with the secret from which tokens of our own observations are made (origin_key of policies)")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace OUT when it exists")
	return cmd
}

// isOutput reports whether an input is an output of our own, by its name.
func isOutput(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".geojson" || ext == ".json"
}

func (o *poolOptions) run(ctx context.Context, inputs []string, out string, messages *report.Reporter) error {
	p, ours, err := o.read(ctx, inputs, messages)
	if err != nil {
		return err
	}
	if out != output.Stdout && !isOutput(out) {
		return exit.Errorf(exit.Usage, "%s: the format is taken from the extension: name it .geojson, or - for standard output", out)
	}
	if ours && p.OriginKey == nil {
		messages.Warn("without --origin-key our own observations are not recognised when partners pass them back, and are counted again")
	}
	set := output.Set{Overwrite: o.overwrite}
	defer set.Abort()
	w, err := set.Create(out)
	if err != nil {
		return err
	}
	r, err := p.Combine(ctx)
	if err != nil {
		return err
	}
	if _, err := w.Write(parcel.WriteFeatures(r.Features)); err != nil {
		return output.Failed(out, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := set.Commit(); err != nil {
		return err
	}
	if r.Timeless > 0 {
		messages.Warn("%d features have neither t_after nor last_seen, and are joined with no others", r.Timeless)
	}
	messages.Note("%s; written to %s", r.Summary(), out)
	return nil
}

// read reads the inputs. It reports whether some are our own.
func (o *poolOptions) read(ctx context.Context, inputs []string, messages *report.Reporter) (p *pool.Pool, ours bool, err error) {
	p = &pool.Pool{}
	if p.Window, err = parseSpan(o.window); err != nil {
		return nil, false, usage(err, "window")
	}
	var op *opener
	var packages []*parcel.Package
	for _, path := range inputs {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		if lines, err := job.Lines(path); err == nil && lines {
			return nil, false, exit.Errorf(exit.Usage, "%s: has a feature a line; give a collection, .geojson", path)
		}
		if isOutput(path) {
			ours = true
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, false, exit.With(exit.Input, err)
			}
			if err := p.AddOutput(path, data); err != nil {
				return nil, false, err
			}
			continue
		}
		if op == nil {
			if op, err = o.open.opener(); err != nil {
				return nil, false, err
			}
		}
		k, err := op.openFor(path, o.partner)
		if err != nil {
			return nil, false, err
		}
		if err := p.AddPackage(k); err != nil {
			return nil, false, err
		}
		packages = append(packages, k)
	}
	if o.state != "" {
		if err := o.follow(packages, messages); err != nil {
			return nil, false, err
		}
	}
	if o.originKey != "" {
		p.OriginKey, err = parcel.ReadSecret(o.originKey, o.open.secrets.ask)
	}
	return p, ours, err
}

// follow checks that no package stands in place of a newer one that was seen.
func (o *poolOptions) follow(packages []*parcel.Package, messages *report.Reporter) error {
	if _, err := os.Stat(o.state); err != nil {
		return exit.Errorf(exit.Input, "%s: %w; detect verify --state writes it", o.state, exit.Cause(err))
	}
	chains, err := parcel.ReadChains(o.state)
	if err != nil {
		return err
	}
	for _, k := range packages {
		if !chains.Knows(k) {
			messages.Warn("%s: %s has no package of %s for %s, so that it is not known whether this is the newest", k.Path, o.state, k.Key.Name, k.Manifest.Partner)
		}
	}
	return chains.Follow(packages)
}

// parseSpan reads a number of days or hours.
func parseSpan(s string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			if v, err := strconv.ParseUint(n, 10, 16); err == nil && v > 0 {
				return time.Duration(v) * length, nil
			}
		}
	}
	return 0, fmt.Errorf("%q is neither days, like 30d, nor hours, like 72h", s)
}
