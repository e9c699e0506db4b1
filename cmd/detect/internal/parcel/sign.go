package parcel

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"aead.dev/minisign"

	"passdiff/cmd/detect/internal/exit"
)

// Signer makes the signature file over SHA256SUMS.
type Signer interface {
	// Sign signs sums. The same key and sums give the same bytes.
	Sign(sums []byte) (File, error)
}

// maxKey is the most bytes of a key file.
const maxKey = 64 << 10

// The comments of a minisign signature. The untrusted one is not signed; so that no byte of a package is free, it is what stock minisign writes.
const (
	untrustedComment = "signature from minisign secret key"
	trustedComment   = Format + " " + SumsName
)

type minisignKey struct{ key minisign.PrivateKey }

// MinisignKey reads a secret key as minisign writes it. The password is asked for when the key is encrypted.
func MinisignKey(path string, password func(path string) ([]byte, error)) (Signer, error) {
	data, err := ReadKey(path)
	if err != nil {
		return nil, err
	}
	var key minisign.PrivateKey
	if !minisign.IsEncrypted(data) {
		if err := key.UnmarshalText(bytes.TrimRight(data, "\r\n")); err != nil {
			return nil, exit.Errorf(exit.Input, "%s: is no minisign secret key (%w); minisign -G makes one", path, err)
		}
		return minisignKey{key}, nil
	}
	secret, err := askPassword(path, password)
	if err != nil {
		return nil, err
	}
	if key, err = minisign.DecryptKey(string(secret), bytes.TrimRight(data, "\r\n")); err != nil {
		return nil, exit.Errorf(exit.Input, "%s: the password does not open this key", path)
	}
	return minisignKey{key}, nil
}

// Sign implements Signer.
func (k minisignKey) Sign(sums []byte) (File, error) {
	r := minisign.NewReader(bytes.NewReader(sums))
	if _, err := io.Copy(io.Discard, r); err != nil {
		return File{}, err
	}
	sig := r.SignWithComments(k.key, trustedComment, untrustedComment)
	return File{MinisignName, append(bytes.TrimRight(sig, "\n"), '\n')}, nil
}

// checkMinisign finds the key that made a signature over sums. The signature must be written as minisign writes it.
func checkMinisign(sums, sig []byte, keys []Key) (*Key, error) {
	var s minisign.Signature
	if err := s.UnmarshalText(sig); err != nil {
		return nil, fmt.Errorf("%s is not a minisign signature: %w", MinisignName, err)
	}
	same, err := s.MarshalText()
	if err != nil || !bytes.Equal(append(bytes.TrimRight(same, "\n"), '\n'), sig) || s.UntrustedComment != untrustedComment {
		return nil, fmt.Errorf("%s is not written as minisign writes it; sign without -c, so that the untrusted comment reads: %s", MinisignName, untrustedComment)
	}
	for i := range keys {
		k := &keys[i]
		if k.minisign == nil || k.minisign.ID() != s.KeyID {
			continue
		}
		if !minisign.Verify(*k.minisign, sums, sig) {
			return nil, fmt.Errorf("%s is not a signature over this %s by the key %s", MinisignName, SumsName, k.ID)
		}
		return k, nil
	}
	return nil, fmt.Errorf("the minisign key %016X signed it, which is not among the trusted ones", s.KeyID)
}

// ReadKey reads a file with a key or a signature, which is small.
func ReadKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	switch {
	case err != nil:
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	case len(data) > maxKey:
		return nil, exit.Errorf(exit.Input, "%s: is larger than %d bytes, so that it is no key", path, maxKey)
	}
	return data, nil
}

func askPassword(path string, password func(path string) ([]byte, error)) ([]byte, error) {
	if password == nil {
		return nil, exit.Errorf(exit.Input, "%s: is encrypted, and there is no password", path)
	}
	secret, err := password(path)
	if err != nil {
		return nil, exit.With(exit.Input, fmt.Errorf("%s: its password cannot be read: %w", path, err))
	}
	return secret, nil
}
