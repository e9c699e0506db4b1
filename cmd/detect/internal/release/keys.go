package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
)

// mostKey is the most bytes of a file with a key or a signature.
const mostKey = 64 << 10

func small(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostKey+1))
	if err == nil && len(data) > mostKey {
		err = errors.New("is too large for a key")
	}
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	return data, nil
}

// OpenSigner reads a secret key that signs, of minisign or of ssh-keygen.
func OpenSigner(path string, password func() ([]byte, error)) (parcel.Signer, error) {
	data, err := small(path)
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

// Approve signs a plan and names the file in which the signature belongs: the first approval, or the second when there is one.
func Approve(path string, plan []byte, s parcel.Signer) (name string, signature []byte, err error) {
	f, err := s.Sign(approvalOf(plan))
	if err != nil {
		return "", nil, err
	}
	for n := 1; n <= mostApprovals; n++ {
		there := false
		for _, kind := range []string{parcel.MinisignName, parcel.SSHName} {
			data, err := os.ReadFile(approvalName(path, n, kind))
			there = there || err == nil
			if err == nil && bytes.Equal(data, f.Data) {
				return "", nil, exit.Errorf(exit.Output, "%s: this key has approved the plan already; the second approval is another person's", approvalName(path, n, kind))
			}
		}
		if !there {
			return approvalName(path, n, f.Name), f.Data, nil
		}
	}
	return "", nil, exit.Errorf(exit.Output, "%s: has %d approvals already", path, mostApprovals)
}

// Approvals are the keys that approved a plan, one of each person by the name in the list of approvers. An approval that does not hold is an error,
// as is one too few.
func Approvals(path string, plan []byte, approvers string, want int, now time.Time) (keys []string, err error) {
	if approvers == "" {
		return nil, exit.Errorf(exit.Usage, "the policy does not say who may approve; name a file of their public keys as approvers")
	}
	trust, err := parcel.ReadTrust(approvers)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for n := 1; n <= mostApprovals; n++ {
		for _, kind := range []string{parcel.MinisignName, parcel.SSHName} {
			name := approvalName(path, n, kind)
			data, err := small(name)
			if err != nil {
				continue
			}
			key, err := trust.Verify(approvalOf(plan), parcel.File{Name: kind, Data: data}, now)
			if err != nil {
				return nil, exit.Errorf(exit.Unverified, "%s: is no approval of this plan by one of %s: %w", name, approvers, err)
			}
			if !seen[key.Name] {
				seen[key.Name] = true
				keys = append(keys, key.ID)
			}
		}
	}
	if len(keys) < want {
		return nil, exit.Errorf(exit.Unverified, "%s: has approvals of %d of %d persons; detect release approve %s adds one", path, len(keys), want, path)
	}
	return keys, nil
}
