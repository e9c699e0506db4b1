package release

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
)

// OpenSigner reads a secret key that signs, of minisign or of ssh-keygen.
func OpenSigner(path string, password func(path string) ([]byte, error)) (parcel.Signer, error) {
	data, err := parcel.ReadKey(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("-----BEGIN")) {
		return parcel.SSHKey(path, password)
	}
	return parcel.MinisignKey(path, password)
}

// approvalOf is what is signed to approve a plan. It is no list of sums, so that no approval can be taken for the signature of a package.
func approvalOf(plan []byte) []byte {
	s := sha256.Sum256(plan)
	return []byte("passdiff-approval/1 " + hex.EncodeToString(s[:]) + "\n")
}

// mostApprovals is how many approvals of a plan are looked for.
const mostApprovals = 2

// approvalName is the file of the n-th approval of a plan; minisign and ssh-keygen signatures are told apart by its end.
func approvalName(plan string, n int, signature string) string {
	ending := ".minisig"
	if signature == parcel.SSHName {
		ending = ".sig"
	}
	return fmt.Sprintf("%s.approval-%d%s", plan, n, ending)
}

// approved are the approvals of a plan that hold: for each the name of whoever gave it and the id of the key, in the order of their numbers, and the first
// file that is none. stands says which numbers are taken.
type approved struct {
	names, keys []string
	stands      [mostApprovals + 1]bool
	none        string
}

// has reports whether somebody of a name has approved; names that differ by case are one person's.
func (a approved) has(name string) bool {
	return slices.ContainsFunc(a.names, func(other string) bool { return strings.EqualFold(other, name) })
}

// approvalsOf reads the approvals beside a plan. What does not hold, as it was given to an earlier plan of that name, does not count.
func approvalsOf(path string, plan []byte, trust *parcel.Trust, now time.Time) (all approved) {
	for n := 1; n <= mostApprovals; n++ {
		for _, kind := range []string{parcel.MinisignName, parcel.SSHName} {
			name := approvalName(path, n, kind)
			data, err := parcel.ReadKey(name)
			if err != nil {
				continue
			}
			key, err := trust.Verify(approvalOf(plan), parcel.File{Name: kind, Data: data}, now)
			switch {
			case err != nil:
				all.none = cmp.Or(all.none, name)
			case all.has(key.Name):
				all.stands[n] = true
			default:
				all.names, all.keys, all.stands[n] = append(all.names, key.Name), append(all.keys, key.ID), true
			}
		}
	}
	return all
}

// ReadApprovers reads who may approve. When several must, each key needs a name: two keys of one person would pass for two persons.
func ReadApprovers(path string, want int) (*parcel.Trust, error) {
	if path == "" {
		return nil, exit.Errorf(exit.Usage, "the policy does not say who may approve; name a file of their public keys as approvers")
	}
	trust, err := parcel.ReadTrust(path)
	if err != nil {
		return nil, err
	}
	if id := trust.Unnamed(); id != "" && want > 1 {
		return nil, exit.Errorf(exit.Usage, "%s: the key %s has no name; where %d persons must approve, write lines of a name, minisign and the key", path, id, want)
	}
	return trust, nil
}

// Approve signs a plan for one of the approvers, names the file in which the signature belongs, and says how many persons have approved with this one.
// An approval of another plan is replaced.
func Approve(path string, plan []byte, approvers string, want int, s parcel.Signer, now time.Time) (name string, signature []byte, persons int, err error) {
	trust, err := ReadApprovers(approvers, want)
	if err != nil {
		return "", nil, 0, err
	}
	f, err := s.Sign(approvalOf(plan))
	if err != nil {
		return "", nil, 0, err
	}
	key, err := trust.Verify(approvalOf(plan), f, now)
	if err != nil {
		return "", nil, 0, exit.Errorf(exit.Unverified, "%s: the key is none of %s, or not believed now, so that its approval would not count", path, approvers)
	}
	all := approvalsOf(path, plan, trust, now)
	if all.has(key.Name) {
		return "", nil, 0, exit.Errorf(exit.Output, "%s: %s has approved the plan already; the second approval is another person's", path, key.Name)
	}
	for n := 1; n <= mostApprovals; n++ {
		if !all.stands[n] {
			return approvalName(path, n, f.Name), f.Data, len(all.names) + 1, nil
		}
	}
	return "", nil, 0, exit.Errorf(exit.Output, "%s: has %d approvals already", path, mostApprovals)
}

// Approvals are the keys that approved a plan, one of each person by the name in the list of approvers. It is an error when they are too few.
func Approvals(path string, plan []byte, approvers string, want int, now time.Time) (keys []string, err error) {
	trust, err := ReadApprovers(approvers, want)
	if err != nil {
		return nil, err
	}
	all := approvalsOf(path, plan, trust, now)
	if len(all.keys) >= want {
		return all.keys, nil
	}
	none := ""
	if all.none != "" {
		none = fmt.Sprintf("%s is no approval of this plan by one of %s; ", all.none, approvers)
	}
	return nil, exit.Errorf(exit.Unverified, "%s: has approvals of %d of %d persons; %sdetect release approve %s adds one", path, len(all.keys), want, none, path)
}
