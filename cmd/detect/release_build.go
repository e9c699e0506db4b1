package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/leak"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/cmd/detect/internal/release"
	"passdiff/cmd/detect/internal/report"
)

// fromPlan is a path of a plan as seen from here.
func fromPlan(plan, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(plan), filepath.FromSlash(path))
}

// planned reads a plan and the policy that it was made with, which must not have changed.
func planned(path string) (*release.Plan, []byte, *policy.Policy, error) {
	plan, data, err := release.ReadPlan(path)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := policy.Read(fromPlan(path, plan.Policy.Path))
	if err != nil {
		return nil, nil, nil, err
	}
	if p.Digest != plan.Policy.SHA256 {
		return nil, nil, nil, exit.Errorf(exit.Unverified, "%s: the policy, or a file that it names, is not the one that was planned with; plan again", p.Path)
	}
	return plan, data, p, nil
}

// plannedInputs reads the inputs of a plan into a request; they must not have changed.
func plannedInputs(ctx context.Context, path string, plan *release.Plan, q *release.Request) error {
	var ins []string
	for _, in := range plan.Inputs {
		ins = append(ins, fromPlan(path, in.Path))
	}
	now, err := readInputs(ctx, q, ins)
	if err != nil {
		return err
	}
	for i, in := range now {
		if !in.Same(plan.Inputs[i]) {
			return exit.Errorf(exit.Unverified, "%s: is not, or its coverage and record are not, as it was planned; plan again", in.Path)
		}
	}
	return nil
}

// shown checks that the page beside a plan is the one that shows it.
func shown(path string, plan *release.Plan) error {
	page := pageOf(path)
	data, err := os.ReadFile(page)
	if err != nil {
		return exit.Errorf(exit.Input, "%s: %w; it shows what is approved: keep it beside the plan", page, exit.Cause(err))
	}
	if s := sha256.Sum256(data); hex.EncodeToString(s[:]) != plan.Page {
		return exit.Errorf(exit.Unverified, "%s: is not the page of this plan; plan again", page)
	}
	return nil
}

func newReleaseApprove(messages *report.Reporter) *cobra.Command {
	var key string
	var s secrets
	cmd := &cobra.Command{
		Use:   "approve PLAN.json",
		Short: "Sign a plan, so that it may be built",
		Long: `approve signs the SHA-256 of a plan, which stands for every byte of the package's data.
Look at PLAN.html first: it must be the plan's own, and policy and inputs as they were
planned. The signature goes beside the plan; the policy says whose
are believed (approvers), and whether a second person must sign (approvals: 2).`,
		Example: `  detect release approve plan.json
  detect release approve plan.json --key second.key`,
		Args: exactly("PLAN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			plan, data, p, err := planned(args[0])
			if err != nil {
				return err
			}
			if err := shown(args[0], plan); err != nil {
				return err
			}
			if err := plannedInputs(cmd.Context(), args[0], plan, &release.Request{}); err != nil {
				return err
			}
			if key == "" {
				if key = p.SigningKey; key == "" {
					return exit.Errorf(exit.Usage, "%s: names no signing_key; give the approver's with --key", p.Path)
				}
			}
			signer, err := release.OpenSigner(key, s.ask)
			if err != nil {
				return err
			}
			name, signature, persons, err := release.Approve(args[0], data, p.Approvers, p.Approvals, signer, time.Now())
			if err != nil {
				return err
			}
			if err := cmd.Context().Err(); err != nil {
				return err
			}
			if err := writeAll(output.Set{Overwrite: true}, outFile{name, signature}); err != nil {
				return err
			}
			messages.Note("package %d for %s with %d features is approved by %d of %d persons; written to %s", plan.Sequence, plan.Partner, plan.Released, persons, p.Approvals, name)
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "FILE with the secret key of the approver (default: the policy's signing_key)")
	s.flag(cmd)
	return cmd
}

// releaseBuild are the flags of detect release build.
type releaseBuild struct {
	sealed  bool
	secrets secrets
}

func newReleaseBuild(messages *report.Reporter) *cobra.Command {
	var o releaseBuild
	cmd := &cobra.Command{
		Use:   "build PLAN.json DIR",
		Short: "Make the package of an approved plan",
		Long: `build reads policy and inputs again, which must give the bytes that were planned, and
makes the package as the folder DIR. Before DIR appears it is looked through like by
detect release check, and the audit log gets its line. Stopped in between, the same
command makes the package that the log tells of. Created is the time of the plan.

--tar-age also writes DIR.tar.age, encrypted for the policy's recipients.`,
		Example: `  detect release build plan.json package
  detect release build plan.json package --tar-age --password secret.txt`,
		Args: exactly("PLAN", "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), args[0], args[1], messages) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&o.sealed, "tar-age", false, "write DIR.tar.age, too: a tar, encrypted by age")
	o.secrets.flag(cmd)
	return cmd
}

func (o *releaseBuild) run(ctx context.Context, path, dir string, messages *report.Reporter) (err error) {
	plan, data, p, err := planned(path)
	if err != nil {
		return err
	}
	b := &release.Build{Policy: p, Plan: plan, Dir: dir, Software: "detect " + version, Check: func(dir string) error { return lastly(ctx, dir, p) }}
	s := sha256.Sum256(data)
	b.PlanSHA256 = hex.EncodeToString(s[:])
	if b.Approvals, err = release.Approvals(path, data, p.Approvers, p.Approvals, time.Now()); err != nil {
		return err
	}
	if o.sealed {
		if b.Recipients, err = recipients(p); err != nil {
			return err
		}
	}
	if p.SigningKey == "" {
		return exit.Errorf(exit.Usage, "%s: names no signing_key, and a package is signed", p.Path)
	}
	if b.Signer, err = release.OpenSigner(p.SigningKey, o.secrets.ask); err != nil {
		return err
	}
	q, err := newRequest(p, &o.secrets)
	if err != nil {
		return err
	}
	before, err := audit.Read(p.Audit)
	if err != nil {
		return err
	}
	d, err := o.draft(ctx, path, plan, q, b, before)
	if err != nil {
		return err
	}
	log, err := audit.Open(p.Audit)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if err := b.Run(d, log); err != nil {
		return err
	}
	if d.ValidUntil.Before(time.Now()) {
		messages.Warn("%s: the package is valid until %s, which has passed: partners who verify it refuse it", path, d.ValidUntil.Format(time.RFC3339))
	}
	also := ""
	if o.sealed {
		also = " and " + dir + ".tar.age"
	}
	messages.Note("package %d for %s with %d features is written to %s%s", plan.Sequence, plan.Partner, plan.Released, dir, also)
	return nil
}

// lastly looks through a package. Behind it the log gets its line, and then the package appears, whatever comes: so a signal is heeded here for the last time.
func lastly(ctx context.Context, dir string, p *policy.Policy) error {
	if err := leak.Check(dir, p); err != nil {
		return err
	}
	return ctx.Err()
}

// draft makes what was planned once more.
func (o *releaseBuild) draft(ctx context.Context, path string, plan *release.Plan, q *release.Request, b *release.Build, log *audit.Chain) (*release.Draft, error) {
	history, _, err := b.History(log)
	if err != nil {
		return nil, err
	}
	if err := plannedInputs(ctx, path, plan, q); err != nil {
		return nil, err
	}
	if _, err := notAhead(plan.Created, "the plan"); err != nil {
		return nil, err
	}
	q.Created, q.Retract = plan.Created, plan.Retract
	request := history.Of(*q)
	d, err := release.NewDraft(ctx, request)
	if err != nil {
		return nil, err
	}
	anew, _ := release.NewPlan(request, d, history, plan.Policy, plan.Inputs)
	if other := plan.Other(anew); other != "" {
		return nil, exit.Errorf(exit.Unverified, "%s: %s would not be as it was approved; another version of detect, or another id_key, planned it: plan again", path, other)
	}
	return d, nil
}

// recipients are those for whom a policy lets a package be encrypted.
func recipients(p *policy.Policy) ([]age.Recipient, error) {
	if len(p.Recipients) == 0 {
		return nil, exit.Errorf(exit.Usage, "%s: names no recipients, and --tar-age encrypts for them", p.Path)
	}
	all, err := age.ParseRecipients(strings.NewReader(strings.Join(p.Recipients, "\n")))
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("%s: recipients: %w", p.Path, err))
	}
	return all, nil
}
