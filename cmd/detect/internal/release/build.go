package release

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"filippo.io/age"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
)

// Build is a release that is approved and about to be made.
type Build struct {
	Policy *policy.Policy
	Plan   *Plan
	// PlanSHA256 is that of the plan's bytes, and Approvals the keys that signed it.
	PlanSHA256 string
	Approvals  []string
	Signer     parcel.Signer
	Software   string
	// Dir is where the package appears. With Recipients the encrypted tar appears beside it, as Dir with .tar.age.
	Dir        string
	Recipients []age.Recipient
	// Check looks through the folder of the package before it appears.
	Check func(dir string) error
	// Step, when there is one, is asked before every change of the disk. Tests stop there.
	Step func(what string) error
}

// History is what the log says of the partner before this plan. When the log has the plan as its last release already, because a build was stopped
// between log and package, done is that entry, and the same package is made again.
func (b *Build) History(log *audit.Chain) (h History, done *audit.Entry, err error) {
	entries := log.Of(b.Plan.Partner)
	if n := len(entries); n > 0 && entries[n-1].PlanSHA256 == b.PlanSHA256 {
		done, entries = &entries[n-1], entries[:n-1]
	}
	h = HistoryOf(entries)
	if h.Sequence+1 != b.Plan.Sequence || h.PrevManifestSHA256 != b.Plan.PrevManifestSHA256 {
		return h, nil, exit.Errorf(exit.Input, "the plan is for package %d of %s, and the audit log has come to %d; plan again", b.Plan.Sequence, b.Plan.Partner, h.Sequence)
	}
	return h, done, nil
}

// Run makes the package of a draft: its files are written and checked under another name, the log gets its line, and then the package gets its
// name. So there is never a package without its line in the log, nor a part of one under its name.
func (b *Build) Run(d *Draft, log *audit.Log) error {
	_, done, err := b.History(log.Chain)
	if err != nil {
		return err
	}
	head := log.Head()
	if done != nil {
		head = done.Prev
	}
	files, err := parcel.Build(d.Files, b.manifest(d, head), b.Signer)
	if err != nil {
		return exit.With(exit.Internal, err)
	}
	entry := b.entry(d, files)
	if done != nil && done.ManifestSHA256 != entry.ManifestSHA256 {
		return exit.Errorf(exit.Input, "the audit log has this plan with another manifest; the inputs, the policy or the program changed since: plan again")
	}
	out := outcome{dir: b.Dir, step: b.Step, again: done != nil}
	defer out.abort()
	if err := out.write(files); err != nil {
		return err
	}
	if len(b.Recipients) > 0 {
		sealed, err := parcel.Encrypt(parcel.Tar(files, b.Plan.Created), b.Recipients)
		if err != nil {
			return err
		}
		if err := out.seal(sealed); err != nil {
			return err
		}
	}
	if err := b.Check(out.temp); err != nil {
		return err
	}
	if done == nil {
		log.Step = b.Step
		if err := log.Append(entry); err != nil {
			return err
		}
	}
	return out.appear()
}

func (b *Build) manifest(d *Draft, head string) parcel.Manifest {
	return parcel.Manifest{
		Partner: b.Plan.Partner, Sequence: b.Plan.Sequence, PrevManifestSHA256: b.Plan.PrevManifestSHA256,
		TLP: d.TLP, Handling: b.Policy.Handling, Created: b.Plan.Created, ValidUntil: d.ValidUntil,
		Counts:    parcel.Counts{Features: len(d.Features), Withheld: d.withheld(b.Policy.SmallCount)},
		Precision: b.Policy.Effective().Precision(), Origins: d.Origins, AuditHead: head, Retractions: d.Retractions, Software: b.Software,
	}
}

func (b *Build) entry(d *Draft, files []parcel.File) audit.Entry {
	i := slices.IndexFunc(files, func(f parcel.File) bool { return f.Name == parcel.ManifestName })
	s := sha256.Sum256(files[i].Data)
	return audit.Entry{
		Event: audit.Released, Time: b.Plan.Created, Partner: b.Plan.Partner, Sequence: b.Plan.Sequence, ManifestSHA256: hex.EncodeToString(s[:]),
		PlanSHA256: b.PlanSHA256, PolicySHA256: b.Policy.Digest, Approvals: b.Approvals, IDs: d.ids(), Retractions: d.Retractions, Cells: d.Cells,
	}
}
