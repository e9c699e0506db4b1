package parcel

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"passdiff/cmd/detect/internal/exit"
)

// ageHead is how a file encrypted by age begins.
const ageHead = "age-encryption.org/v1\n"

// Encrypt wraps bytes for recipients of age.
func Encrypt(plain []byte, recipients []age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, recipients...)
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// decrypt is the inside of a file encrypted by age.
func decrypt(sealed []byte, identities []age.Identity) ([]byte, error) {
	if len(identities) == 0 {
		return nil, errors.New("is encrypted; give the identity that opens it")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return nil, errors.New("is encrypted for others: none of the identities opens it")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot be decrypted: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, MaxPackage+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be decrypted: %w", err)
	case len(plain) > MaxPackage:
		return nil, fmt.Errorf("holds more than %d bytes", MaxPackage)
	}
	return plain, nil
}

// ReadIdentities reads a file of age identities as age-keygen writes it, also one that age -p has encrypted: then the password is asked for.
func ReadIdentities(path string, password func(path string) ([]byte, error)) ([]age.Identity, error) {
	data, err := readSealed(path, password)
	if err != nil {
		return nil, err
	}
	ids, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: is no file of age identities (%w); age-keygen makes one", path, err)
	}
	return ids, nil
}

// secretBytes is the length of a secret.
const secretBytes = 32

// ReadSecret reads a secret of 64 hexadecimal digits, such as a key for Origin, also one that age -p has encrypted: then the password is asked for.
func ReadSecret(path string, password func(path string) ([]byte, error)) ([]byte, error) {
	data, err := readSealed(path, password)
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(string(bytes.TrimSpace(data)))
	if err != nil || len(secret) != secretBytes {
		return nil, exit.Errorf(exit.Input, "%s: is not %d hexadecimal digits; openssl rand -hex %d makes such", path, 2*secretBytes, secretBytes)
	}
	return secret, nil
}

// Exposed reports whether others on this machine can read a secret that is not encrypted.
func Exposed(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 == 0 {
		return false
	}
	data, err := ReadKey(path)
	return err == nil && !bytes.HasPrefix(data, []byte(ageHead))
}

// readSealed reads a key file, and what is in it when age -p has encrypted it.
func readSealed(path string, password func(path string) ([]byte, error)) ([]byte, error) {
	data, err := ReadKey(path)
	if err != nil || !bytes.HasPrefix(data, []byte(ageHead)) {
		return data, err
	}
	secret, err := askPassword(path, password)
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(string(secret))
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, err)
	}
	if data, err = decrypt(data, []age.Identity{id}); err != nil {
		return nil, exit.Errorf(exit.Input, "%s: the password does not open this file", path)
	}
	return data, nil
}
