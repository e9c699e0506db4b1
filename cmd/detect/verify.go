package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/report"
)

// verifyOptions are the flags of detect verify.
type verifyOptions struct {
	open           openOptions
	partner, state string
	chain          []string
	asJSON         bool
	rerun          bool
	record         string
}

func newVerify(messages *report.Reporter) *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify PACKAGE --trust KEYS | OUT --rerun",
		Short: "Check a partner's package, or a finished run",
		Long: `verify checks a package that a partner sent, a folder, a .tar or a .tar.age, in this
order: the signature by a key of KEYS, the sha256 of every file, manifest and
features, whether the package is still valid, and with --state or --chain that it
follows the one before. Only what the signature covers is read. The first thing that
fails is named, with exit status 7.

KEYS is a file of minisign public keys, as .pub files or as lines NAME minisign KEY,
and of lines as in allowed_signers of OpenSSH (Ed25519).

With --rerun it checks an output of detect run: it compares the inputs with those of
the run record, runs again with the recorded parameters and model, and compares the
bytes. When they differ it says whether an input, the version or a parameter does.`,
		Example: `  detect verify package --trust partners.keys
  detect verify package.tar.age --trust partners.keys --identity key.txt --partner us --state seen.json
  detect verify package --trust partners.keys --chain earlier.tar
  detect verify changes.geojson --rerun`,
		Args: exactly("PACKAGE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			given := cmd.Flags().Changed
			switch {
			case o.rerun && slices.ContainsFunc([]string{"trust", "identity", "partner", "chain", "state", "time", "json", "password"}, given):
				return exit.Errorf(exit.Usage, "--rerun takes up a run of detect, which has no partner, key or chain: leave these options out")
			case !o.rerun && given("record"):
				return exit.Errorf(exit.Usage, "--record goes with --rerun")
			case o.rerun:
				if err := job.Verify(cmd.Context(), args[0], o.record, version, messages); err != nil {
					return err
				}
				messages.Note("%s: running it again gives the same bytes", args[0])
				return nil
			}
			return o.run(cmd.Context(), args[0], messages)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	o.open.flags(cmd)
	f.StringVar(&o.partner, "partner", "", "refuse a package that was made for another partner than this one")
	f.StringArrayVar(&o.chain, "chain", nil, "an earlier package, which this one or others given must follow; may be repeated")
	f.StringVar(&o.state, "state", "", "file of the newest packages that were seen: read, and written when the package follows them")
	f.BoolVar(&o.asJSON, "json", false, "write what the package is to standard output")
	f.BoolVar(&o.rerun, "rerun", false, "run again what wrote OUT, and compare")
	f.StringVar(&o.record, "record", "", "the run record (default OUT.run.json)")
	return cmd
}

// run verifies a package.
func (o *verifyOptions) run(ctx context.Context, path string, messages *report.Reporter) error {
	opener, err := o.open.opener()
	if err != nil {
		return err
	}
	p, err := opener.openFor(path, o.partner)
	if err != nil {
		return err
	}
	first, err := o.follow(p, opener)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	m := p.Manifest
	messages.Note("%s: package %d for %s by %s (%s), %s: %d features, made %s, valid until %s", path, m.Sequence, m.Partner, p.Key.Name, p.Key.ID, m.TLP,
		m.Counts.Features, m.Created.Format(time.RFC3339), m.ValidUntil.Format(time.RFC3339))
	if first && m.Sequence > 1 {
		messages.Warn("%s: earlier packages were not given, so that it is not known whether this one follows them (--state, --chain)", path)
	}
	if !o.asJSON {
		return nil
	}
	return toStdout(func(w io.Writer) error { return writeVerified(w, p) })
}

// follow checks that a package follows the earlier ones that were given or seen. It reports whether none was.
func (o *verifyOptions) follow(p *parcel.Package, opener *opener) (first bool, err error) {
	chains := &parcel.Chains{}
	if o.state != "" {
		if chains, err = parcel.ReadChains(o.state); err != nil {
			return false, err
		}
	}
	var earlier []*parcel.Package
	for _, path := range o.chain {
		e, err := parcel.OpenEarlier(path, opener.trust, opener.identities, opener.now)
		if err != nil {
			return false, err
		}
		earlier = append(earlier, e)
	}
	slices.SortFunc(earlier, func(a, b *parcel.Package) int { return cmp.Compare(a.Manifest.Sequence, b.Manifest.Sequence) })
	for _, e := range append(earlier, p) {
		if first, err = chains.Add(e); err != nil {
			return false, err
		}
	}
	if o.state == "" {
		return first, nil
	}
	set := output.Set{Overwrite: true}
	defer set.Abort()
	w, err := set.Create(o.state)
	if err != nil {
		return false, err
	}
	if _, err := w.Write(chains.Encode()); err != nil {
		return false, output.Failed(o.state, err)
	}
	return first, set.Commit()
}

// writeVerified writes what a verified package is, as JSON.
func writeVerified(w io.Writer, p *parcel.Package) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(struct {
		Publisher      string           `json:"publisher"`
		Key            string           `json:"key"`
		ManifestSHA256 string           `json:"manifest_sha256"`
		Manifest       *parcel.Manifest `json:"manifest"`
	}{p.Key.Name, p.Key.ID, p.ManifestSHA256, p.Manifest})
}

// openOptions are the flags by which packages are opened.
type openOptions struct {
	trust, identity, at string
	secrets             secrets
}

func (o *openOptions) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.trust, "trust", "", "file of the public keys whose signatures are believed")
	f.StringVar(&o.identity, "identity", "", "age identity that opens what is encrypted, as age-keygen writes it")
	o.secrets.flag(cmd)
	f.StringVar(&o.at, "time", "", "judge validity as of this time, such as 2026-05-01T00:00:00Z (default: now)")
}

// opener opens packages.
type opener struct {
	trust      *parcel.Trust
	identities []age.Identity
	now        time.Time
}

func (o *openOptions) opener() (op *opener, err error) {
	op = &opener{now: time.Now()}
	if o.at != "" {
		if op.now, err = time.Parse(time.RFC3339, o.at); err != nil {
			return nil, usage(fmt.Errorf("%q is not a time such as 2026-05-01T00:00:00Z", o.at), "time")
		}
	}
	if o.trust == "" {
		return nil, exit.Errorf(exit.Usage, "whose signature is believed is missing; give the partner's public key with --trust KEYS")
	}
	if op.trust, err = parcel.ReadTrust(o.trust); err != nil {
		return nil, err
	}
	if o.identity != "" {
		op.identities, err = parcel.ReadIdentities(o.identity, o.secrets.ask)
	}
	return op, err
}

// openFor opens a package that must have been made for a partner; "" for any.
func (op *opener) openFor(path, partner string) (*parcel.Package, error) {
	p, err := parcel.Open(path, op.trust, op.identities, op.now)
	if err == nil && partner != "" {
		err = p.For(partner)
	}
	return p, err
}
