package parcel

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"aead.dev/minisign"
	"golang.org/x/crypto/ssh"

	"passdiff/cmd/detect/internal/exit"
)

// Bounds of a trust file.
const (
	maxTrust     = maxKey
	maxTrustKeys = 500
)

// Key is a public key whose signatures are believed.
type Key struct {
	// Name is of whom the key is, the first of the line's names; the key's own ID in a minisign .pub file, which has no name.
	Name string
	// ID is the key's number in minisign, or its SHA256 fingerprint in SSH.
	ID string
	// ValidAfter and ValidBefore bound the time in which the key is believed; zero for no bound.
	ValidAfter, ValidBefore time.Time

	minisign *minisign.PublicKey
	ssh      ssh.PublicKey
}

// Trust is whose signatures are believed. It is not changed after it was read.
type Trust struct{ keys []Key }

// Unnamed is the id of the first key that has no name; "" for none.
func (t *Trust) Unnamed() string {
	for _, k := range t.keys {
		if k.Name == k.ID {
			return k.ID
		}
	}
	return ""
}

// ReadTrust reads a trust file: lines as in OpenSSH's allowed_signers (names, options, type, key), of which the type may also be "minisign", and lines of
// minisign .pub files. Empty lines and such that begin with # or "untrusted comment:" are passed over.
func ReadTrust(path string) (*Trust, error) {
	data, err := ReadKey(path)
	if err != nil {
		return nil, err
	}
	t, err := ParseTrust(data)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s:%w", path, err)
	}
	return t, nil
}

// ParseTrust reads the text of a trust file. Errors begin with the number of the line.
func ParseTrust(data []byte) (*Trust, error) {
	if len(data) > maxTrust {
		return nil, fmt.Errorf("1: the file is larger than %d bytes", maxTrust)
	}
	t := &Trust{}
	seen := map[string]int{}
	for i, l := range strings.Split(string(data), "\n") {
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' || strings.HasPrefix(l, "untrusted comment:") {
			continue
		}
		k, err := parseKey(l)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", i+1, err)
		}
		if first, twice := seen[k.ID]; twice {
			return nil, fmt.Errorf("%d: the key %s stands on line %d already; leave one of them out", i+1, k.ID, first)
		}
		seen[k.ID] = i + 1
		if t.keys = append(t.keys, *k); len(t.keys) > maxTrustKeys {
			return nil, fmt.Errorf("%d: more than %d keys", i+1, maxTrustKeys)
		}
	}
	if len(t.keys) == 0 {
		return nil, errors.New("1: there is no key; give minisign public keys or lines of allowed_signers")
	}
	return t, nil
}

const minisignType = "minisign"

var (
	signerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$`)
	quoted     = regexp.MustCompile(`^([a-z-]+)="?([^"]*)"?$`)
)

// parseKey reads a line with a key.
func parseKey(l string) (*Key, error) {
	words := strings.Fields(l)
	if len(words) == 1 {
		return minisignPublic(words[0])
	}
	k := &Key{}
	name, _, _ := strings.Cut(words[0], ",")
	if !signerName.MatchString(name) {
		return nil, fmt.Errorf("the name %.80q is not of letters, digits and . _ @ + -; patterns are not understood", name)
	}
	rest := words[1:]
	if rest[0] != ssh.KeyAlgoED25519 && rest[0] != minisignType {
		if err := k.options(rest[0]); err != nil {
			return nil, err
		}
		rest = rest[1:]
	}
	if len(rest) < 2 {
		return nil, fmt.Errorf("is not NAME [OPTIONS] TYPE KEY, with the type %s or %s", ssh.KeyAlgoED25519, minisignType)
	}
	switch rest[0] {
	case minisignType:
		m, err := minisignPublic(rest[1])
		if err != nil {
			return nil, err
		}
		k.ID, k.minisign = m.ID, m.minisign
	case ssh.KeyAlgoED25519:
		blob, err := base64.StdEncoding.DecodeString(rest[1])
		if err != nil {
			return nil, errors.New("the key is no base64")
		}
		if k.ssh, err = ssh.ParsePublicKey(blob); err != nil || k.ssh.Type() != ssh.KeyAlgoED25519 || !bytes.Equal(k.ssh.Marshal(), blob) {
			return nil, fmt.Errorf("the key is no %s key", ssh.KeyAlgoED25519)
		}
		k.ID = ssh.FingerprintSHA256(k.ssh)
	default:
		return nil, fmt.Errorf("a key of type %.40q is not understood; %s and %s are", rest[0], ssh.KeyAlgoED25519, minisignType)
	}
	k.Name = name
	return k, nil
}

// minisignPublic reads the one word that is a minisign public key.
func minisignPublic(word string) (*Key, error) {
	var p minisign.PublicKey
	if err := p.UnmarshalText([]byte(word)); err != nil || p.String() != word {
		return nil, errors.New("is no minisign public key, which begins with RW and has 56 characters")
	}
	id := fmt.Sprintf("%016X", p.ID())
	return &Key{Name: id, ID: id, minisign: &p}, nil
}

// options reads the options of a line, commas between. Times end with Z and are in UTC.
func (k *Key) options(word string) error {
	for len(word) > 0 {
		end, in := len(word), false
		for i, c := range word {
			if in = in != (c == '"'); c == ',' && !in {
				end = i
				break
			}
		}
		m := quoted.FindStringSubmatch(word[:end])
		word = strings.TrimPrefix(word[end:], ",")
		if m == nil {
			return errors.New("an option is not understood; namespaces=\"" + Namespace + "\", valid-after= and valid-before= are")
		}
		var err error
		switch m[1] {
		case "namespaces":
			if m[2] != Namespace {
				return fmt.Errorf("the key is for the namespaces %.80q; packages are signed in %s", m[2], Namespace)
			}
		case "valid-after":
			k.ValidAfter, err = parseTime(m[2])
		case "valid-before":
			k.ValidBefore, err = parseTime(m[2])
		default:
			return fmt.Errorf("the option %.40s is not understood; namespaces, valid-after and valid-before are", m[1])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseTime reads a time of allowed_signers.
func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"20060102Z", "200601021504Z", "20060102150405Z"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("the time %.40q is not YYYYMMDDZ or YYYYMMDDHHMM[SS]Z, in UTC with Z", s)
}

// Verify finds the key that signed sums, and is an error when it is not believed at that time.
func (t *Trust) Verify(sums []byte, sig File, now time.Time) (*Key, error) {
	check := checkMinisign
	if sig.Name == SSHName {
		check = checkSSH
	}
	k, err := check(sums, sig.Data, t.keys)
	switch {
	case err != nil:
		return nil, err
	case !k.ValidBefore.IsZero() && !now.Before(k.ValidBefore):
		return nil, fmt.Errorf("the key %s of %s is believed before %s only", k.ID, k.Name, k.ValidBefore.Format(time.RFC3339))
	case now.Before(k.ValidAfter):
		return nil, fmt.Errorf("the key %s of %s is believed from %s only", k.ID, k.Name, k.ValidAfter.Format(time.RFC3339))
	}
	return k, nil
}
