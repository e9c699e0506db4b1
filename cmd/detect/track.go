package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
	"passdiff/cmd/detect/internal/track"
	"passdiff/geo"
)

// trackOptions are the arguments and flags of detect track.
type trackOptions struct {
	store      track.Store
	outs       []string
	export     string
	to         string // where the export goes; "" for none
	lines      bool   // the export has a feature a line
	verdicts   string
	expire     string
	expiry     track.Expiry // of expire
	coverageOf []string
	replace    bool
	suppressed bool
	overwrite  bool
	messages   *report.Reporter
}

func newTrack(messages *report.Reporter) *cobra.Command {
	o := trackOptions{messages: messages}
	cmd := &cobra.Command{
		Use:   "track STORE [OUT.geojson…] [--export KIND FILE]",
		Short: "Keep positions over many passes",
		Long: `track takes outputs of detect run into STORE, a GeoPackage that it makes when it is
not there: which detections lie at the same place, how many passes looked there,
and how many still showed the change. Each position is a candidate for a change
that lasts: first, provisional, confirmed, finished. QGIS opens the store.

Beside may.geojson stand its run record, may.geojson.run.json, and what was looked
at, may.coverage.geojson (detect run --coverage): ground under clouds was not
looked at, which is not the same as nothing there. The order of feeding does not
matter, and feeding twice changes nothing.

With --export the last argument is the file that is written, GeoJSON or a feature
a line, or - for standard output: new positions (seen once, not accepted), confirmed
ones (and accepted ones that are not finished), all, or those that people rejected,
which are in no other.`,
		Example: `  detect track site.gpkg may.geojson june.geojson
  detect track site.gpkg july.geojson --export new new.geojson
  detect track site.gpkg --export confirmed - | ogrinfo -so /vsistdin/ -al
  detect track site.gpkg --verdicts reviewed.csv --expire 180d --show-suppressed`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.read(args); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.export, "export", "", "write positions to the last argument: new, confirmed, all, rejected")
	f.StringVar(&o.verdicts, "verdicts", "", "take in what people said of positions: a CSV or GeoJSON with id, verdict (accepted, rejected), reason, who, when")
	f.StringVar(&o.expire, "expire", "90d", "how long these rejections keep repeats away, in days after the verdict by acquisition time, or never")
	f.BoolVar(&o.suppressed, "show-suppressed", false, "list the positions that verdicts suppress on standard output")
	f.StringArrayVar(&o.coverageOf, "coverage-of", nil, "OUT=FILE: what was looked at for OUT, when it does not stand beside it; may be repeated")
	f.BoolVar(&o.replace, "replace", false, "put outputs in the place of others of the same scenes and area, made with other options")
	f.DurationVar(&o.store.Wait, "wait", time.Minute, "how long to wait while another program writes the store")
	f.BoolVar(&o.overwrite, "overwrite", false, "replace the exported file when it exists")
	return cmd
}

// read sorts the arguments.
func (o *trackOptions) read(args []string) error {
	if len(args) == 0 {
		return exit.Errorf(exit.Usage, "STORE is missing; see detect track --help")
	}
	o.store.Path, o.outs = args[0], args[1:]
	if strings.ToLower(filepath.Ext(o.store.Path)) != ".gpkg" {
		return exit.Errorf(exit.Usage, "%s: a store is a GeoPackage; name it .gpkg", o.store.Path)
	}
	if o.export != "" {
		if _, err := track.ParseKind(o.export); err != nil {
			return usage(err, "export")
		}
		if len(o.outs) == 0 {
			return exit.Errorf(exit.Usage, "--export %s: the file to write is missing; name it last, or - for standard output", o.export)
		}
		o.to, o.outs = o.outs[len(o.outs)-1], o.outs[:len(o.outs)-1]
		if _, err := os.Stat(o.to + ".run.json"); err == nil {
			return exit.Errorf(exit.Usage, "%s: is an output of detect run, and with --export the last argument is written; name another file last", o.to)
		}
		var err error
		if o.lines, err = job.Lines(o.to); err != nil {
			return exit.With(exit.Usage, err)
		}
	}
	o.outs = withoutCoverages(o.outs)
	if o.to == output.Stdout && o.suppressed {
		return exit.Errorf(exit.Usage, "--show-suppressed and the export would both go to standard output; give the export a file")
	}
	var err error
	o.expiry, err = track.ParseExpiry(o.expire)
	return usage(err, "expire")
}

// withoutCoverages leaves out the coverages of other outputs in the list, as a pattern like out/*.geojson brings them: they are read with those.
func withoutCoverages(outs []string) []string {
	of := map[string]bool{}
	for _, out := range outs {
		of[job.CoverageName(out)] = true
	}
	return slices.DeleteFunc(outs, func(out string) bool { return of[out] })
}

// coverages are the files of --coverage-of by output.
func (o *trackOptions) coverages() (map[string]string, error) {
	of := map[string]string{}
	for _, s := range o.coverageOf {
		found := false
		for _, out := range o.outs {
			if file, ok := strings.CutPrefix(s, out+"="); ok && file != "" {
				of[out], found = file, true
			}
		}
		if !found {
			return nil, exit.Errorf(exit.Usage, "--coverage-of %s: is not OUT=FILE with one of the outputs that are fed", s)
		}
	}
	return of, nil
}

func (o *trackOptions) run(ctx context.Context) error {
	coverages, err := o.coverages()
	if err != nil {
		return err
	}
	u := track.Update{VerdictFile: o.verdicts, Replace: o.replace}
	if len(o.outs) > 0 {
		u.Feeds = o.feeds(ctx, coverages)
	}
	if o.verdicts != "" {
		if u.Verdicts, err = track.ReadVerdicts(o.verdicts, o.expiry); err != nil {
			return exit.With(exit.Input, err)
		}
	}
	files := output.Set{Overwrite: o.overwrite}
	defer files.Abort()
	var exported, listed io.Writer
	if o.to != "" {
		u.Publish, u.Select = true, track.Kind(o.export).Has
		if exported, err = files.Create(o.to); err != nil {
			return err
		}
	}
	if o.suppressed {
		if listed, err = files.Create(output.Stdout); err != nil {
			return err
		}
	}
	st, err := o.store.Update(ctx, u)
	if err != nil {
		return err
	}
	if exported != nil {
		if err := st.WriteFeatures(exported, geo.Format{Lines: o.lines}); err != nil {
			return output.Failed(o.to, err)
		}
	}
	if listed != nil {
		if err := st.WriteSuppressed(listed); err != nil {
			return output.Failed(output.Stdout, err)
		}
	}
	if err := files.Commit(); err != nil {
		return err
	}
	for _, w := range st.Warnings {
		o.messages.Warn("%s", w)
	}
	o.note(st)
	return nil
}

// feeds reads the outputs one after the other.
func (o *trackOptions) feeds(ctx context.Context, coverages map[string]string) iter.Seq2[*track.Feed, error] {
	return func(yield func(*track.Feed, error) bool) {
		for _, out := range o.outs {
			f, err := job.ReadFeed(out, coverages[out], o.messages)
			if err == nil {
				err = ctx.Err()
			}
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// note says what the store holds now.
func (o *trackOptions) note(st *track.State) {
	text := ""
	if len(o.outs) > 0 {
		replaced := ""
		if st.Replaced > 0 {
			replaced = fmt.Sprintf(", %d of them in the place of others", st.Replaced)
		}
		text = fmt.Sprintf("%d outputs fed%s, %d were there already; ", st.Fed, replaced, st.Repeated)
	}
	for i, s := range track.Statuses {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", st.Count(s), s)
	}
	positions, detections := st.Suppressed()
	text += fmt.Sprintf("; %d suppressed by verdicts (%d detections)", positions, detections)
	if o.to != "" {
		to := o.to
		if to == output.Stdout {
			to = "standard output"
		}
		text += fmt.Sprintf("; %d written to %s", len(st.Features), to)
	}
	o.messages.Note("%s: %s", o.store.Path, text)
}
