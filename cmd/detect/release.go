package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/leak"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/cmd/detect/internal/release"
	"passdiff/cmd/detect/internal/report"
)

func newRelease(messages *report.Reporter) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "release",
		Short: "Give a partner what a policy lets them have",
		Long: `release makes a package for a partner: plan says what would go, approve signs that,
build makes the package and notes it in the audit log, check looks through a package
for what the policy does not allow. The default is no: what no policy allows stays
inside, and so does what nobody has reviewed (docs/sharing.md).`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown("release " + args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(newReleasePlan(messages), newReleaseApprove(messages), newReleaseBuild(messages), newReleaseCheck(messages))
	return cmd
}

// releasePlan are the flags of detect release plan.
type releasePlan struct {
	time      string
	retract   []string
	overwrite bool
	secrets   secrets
}

func newReleasePlan(messages *report.Reporter) *cobra.Command {
	var o releasePlan
	cmd := &cobra.Command{
		Use:   "plan POLICY IN.geojson… PLAN.json",
		Short: "Say what would go to a partner",
		Long: `plan selects and generalises by the policy and writes what would go as PLAN.json, and
a page with a map beside it, PLAN.html. Both stay inside: they name files, and the map
shows what is withheld.

Each IN is an output of detect run, or an export of detect track. Coverage goes into
the package when IN.coverage.geojson and the run record stand beside it.`,
		Example: `  detect release plan policy.yaml confirmed.geojson plan.json
  detect release plan policy.yaml may.geojson june.geojson plan.json --time 2026-07-01T00:00:00Z`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 3 {
				return exit.Errorf(exit.Usage, "%s takes POLICY, one IN or more, and PLAN, and got %d arguments; see %s --help", cmd.CommandPath(), len(args), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args, messages) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&o.time, "time", "", "when the package counts as created, such as 2026-07-01T00:00:00Z (default: SOURCE_DATE_EPOCH, or now)")
	f.StringArrayVar(&o.retract, "retract", nil, "ask the partner to delete the feature of this id (released, or inside); may be repeated")
	o.secrets.flag(cmd)
	f.BoolVar(&o.overwrite, "overwrite", false, "replace a plan that exists")
	return cmd
}

func (o *releasePlan) run(ctx context.Context, args []string, messages *report.Reporter) error {
	path, ins, to := args[0], args[1:len(args)-1], args[len(args)-1]
	if filepath.Ext(to) != ".json" {
		return exit.Errorf(exit.Usage, "%s: name the plan .json; it stands last", to)
	}
	created, err := createdAt(o.time)
	if err != nil {
		return err
	}
	p, err := policy.Read(path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(p.Approvers); err == nil {
		if _, err := release.ReadApprovers(p.Approvers, p.Approvals); err != nil {
			return err
		}
	}
	q, err := newRequest(p, &o.secrets)
	if err != nil {
		return err
	}
	q.Created, q.Retract = created, o.retract
	inputs, err := readInputs(ctx, q, ins)
	if err != nil {
		return err
	}
	log, err := audit.Read(q.Policy.Audit)
	if err != nil {
		return err
	}
	if other := release.Namesake(log.Entries, q.Policy.Partner); other != "" {
		return exit.Errorf(exit.Input, "%s: the partner %s has releases as %s in %s; write the name like that", path, q.Policy.Partner, other, q.Policy.Audit)
	}
	history := release.HistoryOf(log.Of(q.Policy.Partner))
	request := history.Of(*q)
	d, err := release.NewDraft(ctx, request)
	if err != nil {
		return err
	}
	away := release.PlanFile{Path: seenFrom(to, path), SHA256: q.Policy.Digest}
	for i := range inputs {
		inputs[i] = inputs[i].From(func(p string) string { return seenFrom(to, p) })
	}
	plan, shown := release.NewPlan(request, d, history, away, inputs)
	data, err := plan.Bytes()
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	page := pageOf(to)
	if err := writeAll(output.Set{Overwrite: o.overwrite, Private: true}, outFile{page, shown}, outFile{to, data}); err != nil {
		return err
	}
	warnAbout(q.Policy, log, messages)
	for _, other := range release.Across(log.Entries, q.Policy.Partner, d.Cells) {
		messages.Warn("%s got features in cells that do not lie within those of this release: who puts both together knows places more exactly than either", other)
	}
	total := 0
	for _, c := range plan.Withheld {
		total += c.Features
		if c.Features > 0 {
			messages.Note("%6d withheld by %s", c.Features, c.Rule)
		}
	}
	messages.Note("package %d for %s: %d of %d features would go (%d new, %d as before, %d no longer), places %s, times %s; written to %s and %s",
		plan.Sequence, plan.Partner, plan.Released, plan.Released+total, plan.Change.Added, plan.Change.Kept, plan.Change.Dropped, plan.Precision, plan.Times, to, page)
	return nil
}

// pageOf is the page that shows a plan.
func pageOf(plan string) string { return plan[:len(plan)-len(filepath.Ext(plan))] + ".html" }

// warnAbout warns of a log that is not there and of secrets that others can read.
func warnAbout(p *policy.Policy, log *audit.Chain, messages *report.Reporter) {
	if len(log.Entries) == 0 {
		messages.Warn("%s: has no releases yet; if there were some, bring the log back first: it knows their ids, numbers and retractions", p.Audit)
	}
	for _, key := range []string{p.IDKey, p.OriginKey} {
		if key != "" && parcel.Exposed(key) {
			messages.Warn("%s: others can read this secret; chmod 600 %s", key, key)
		}
	}
}

// newRequest reads the keys of a policy.
func newRequest(p *policy.Policy, s *secrets) (q *release.Request, err error) {
	for _, k := range []struct{ name, file string }{{"id_key", p.IDKey}, {"audit", p.Audit}} {
		if k.file == "" {
			return nil, exit.Errorf(exit.Usage, "%s: lacks %s, without which nothing is released; docs/sharing.md says how to make it", p.Path, k.name)
		}
	}
	q = &release.Request{Policy: p, Software: "detect " + version}
	if q.Keys.ID, err = parcel.ReadSecret(p.IDKey, s.ask); err == nil && p.OriginKey != "" {
		q.Keys.Origin, err = parcel.ReadSecret(p.OriginKey, s.ask)
	}
	return q, err
}

// readInputs reads the inputs of a request.
func readInputs(ctx context.Context, q *release.Request, ins []string) ([]release.PlanInput, error) {
	var all []release.PlanInput
	for _, path := range ins {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in, features, looked, err := release.ReadInput(path)
		if err != nil {
			return nil, err
		}
		all = append(all, in)
		q.Features = append(q.Features, features...)
		if looked != nil {
			q.Looked = append(q.Looked, *looked)
		}
	}
	return all, nil
}

// createdAt is the time of a release: a flag, or SOURCE_DATE_EPOCH, or now.
func createdAt(flag string) (time.Time, error) {
	if flag != "" {
		t, err := time.Parse(time.RFC3339, flag)
		if err != nil {
			return t, usage(fmt.Errorf("%q is not a time such as 2026-07-01T00:00:00Z", flag), "time")
		}
		return notAhead(t, "--time")
	}
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		n, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil || n < 0 || n > 253402300799 {
			return time.Time{}, exit.Errorf(exit.Usage, "SOURCE_DATE_EPOCH: %q is no number of seconds since 1970", epoch)
		}
		return notAhead(time.Unix(n, 0), "SOURCE_DATE_EPOCH")
	}
	return time.Now().UTC().Truncate(time.Second), nil
}

// clockSlack is how far clocks may differ.
const clockSlack = 5 * time.Minute

// notAhead refuses times that are still to come: an embargo that ends by then has not ended.
func notAhead(t time.Time, from string) (time.Time, error) {
	if time.Until(t) > clockSlack {
		return t, exit.Errorf(exit.Usage, "%s: %s is still to come; a release is of now or earlier", from, t.UTC().Format(time.RFC3339))
	}
	return t.UTC().Truncate(time.Second), nil
}

// seenFrom is a path as seen from the folder of a file; as it is when there is no way.
func seenFrom(file, path string) string {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return path
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, whole); err == nil {
		return filepath.ToSlash(rel)
	}
	return whole
}

// outFile is a file to write.
type outFile struct {
	name string
	data []byte
}

// writeAll writes files whole or not at all.
func writeAll(set output.Set, files ...outFile) error {
	defer set.Abort()
	for _, f := range files {
		w, err := set.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return output.Failed(f.name, err)
		}
	}
	return set.Commit()
}

func newReleaseCheck(messages *report.Reporter) *cobra.Command {
	return &cobra.Command{
		Use:   "check DIR POLICY",
		Short: "Look through a package for what the policy does not allow",
		Long: `check reads every byte of a package and fails on what is not on its list of what may
stand there: finer places or times than the policy has, properties that it does not
list, names of scenes, an order that tells something, small numbers. It shares no
code with what makes packages. Signatures are for detect verify.`,
		Example: `  detect release check package policy.yaml`,
		Args:    exactly("DIR", "POLICY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := policy.Read(args[1])
			if err != nil {
				return err
			}
			if err := leak.Check(args[0], p); err != nil {
				return err
			}
			messages.Note("%s: holds nothing that %s does not allow", args[0], args[1])
			return nil
		},
	}
}

// toLog is the command for the audit log.
func newAudit(messages *report.Reporter) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Check the log of what was released",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown("audit " + args[0])
			}
			return cmd.Help()
		},
	}
	var head string
	verify := &cobra.Command{
		Use:   "verify LOG",
		Short: "Find the first line of an audit log that does not follow from the one before",
		Long: `verify follows the chain of hashes through the log and names the first line that does
not follow. Lines missing at the end break no chain: that is seen only with a copy of
the head from elsewhere, such as audit_head in the manifest of a package, or the head
that this command printed before. Give it with --head.`,
		Example: `  detect audit verify audit.jsonl
  detect audit verify audit.jsonl --head "$(cat head.txt)"`,
		Args: exactly("LOG"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("head") && !isHead.MatchString(head) {
				return usage(fmt.Errorf("%.80q is no head of a log, 64 hexadecimal digits; the file that should hold it may be missing or empty", head), "head")
			}
			return verifyLog(args[0], head, cmd.OutOrStdout(), messages)
		},
	}
	verify.Flags().StringVar(&head, "head", "", "a head of this log from elsewhere, which must be in it")
	cmd.AddCommand(verify)
	return cmd
}

var isHead = regexp.MustCompile(`^[0-9a-f]{64}$`)

// verifyLog checks a log and prints its head.
func verifyLog(path, head string, stdout io.Writer, messages *report.Reporter) error {
	if _, err := os.Stat(path); err != nil {
		return exit.Errorf(exit.Input, "%s: no such file; policies name the audit log", path)
	}
	c, err := audit.Read(path)
	if err != nil {
		return err
	}
	if c.Torn > 0 {
		return exit.Errorf(exit.Unverified, "%s:%d: is cut off after %d bytes: a release was stopped while it wrote, and has no package; the next release removes it", path, len(c.Entries)+1, c.Torn)
	}
	if head != "" && !c.Has(head) {
		return exit.Errorf(exit.Unverified, "%s: does not have the head %s: lines are missing at its end, or it is another log", path, head)
	}
	if len(c.Entries) == 0 {
		return exit.Errorf(exit.Input, "%s: has no lines yet, and so no head", path)
	}
	if _, err := fmt.Fprintln(stdout, c.Head()); err != nil {
		return output.Failed(output.Stdout, err)
	}
	if head == "" {
		messages.Note("%s: %d lines follow from each other; whether lines are missing at the end is seen only with a head from elsewhere (--head)", path, len(c.Entries))
	} else {
		messages.Note("%s: %d lines follow from each other, and the head given is among them", path, len(c.Entries))
	}
	return nil
}
