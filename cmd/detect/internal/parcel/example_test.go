package parcel_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"aead.dev/minisign"

	"passdiff/cmd/detect/internal/parcel"
)

// A package is built, written as a tar, and opened by whoever trusts the key.
func Example() {
	dir, err := os.MkdirTemp("", "parcel")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	public, private, err := minisign.GenerateKey(bytes.NewReader(make([]byte, 64))) // a real one takes nil: random bytes
	if err != nil {
		panic(err)
	}
	secret, err := private.MarshalText()
	if err != nil {
		panic(err)
	}
	key, keys, path := filepath.Join(dir, "sign.key"), filepath.Join(dir, "partners.keys"), filepath.Join(dir, "package.tar")
	for name, text := range map[string][]byte{key: secret, keys: []byte("us minisign " + public.String() + "\n")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			panic(err)
		}
	}

	signer, err := parcel.MinisignKey(key, nil)
	if err != nil {
		panic(err)
	}
	made := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	files, err := parcel.Build([]parcel.File{{Name: parcel.DetectionName, Data: parcel.WriteFeatures(nil)}},
		parcel.Manifest{Partner: "north-desk", Sequence: 1, TLP: parcel.Amber, Created: made, ValidUntil: made.AddDate(0, 0, 30), Precision: "exact"}, signer)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(path, parcel.Tar(files, made), 0o600); err != nil {
		panic(err)
	}

	trust, err := parcel.ReadTrust(keys)
	if err != nil {
		panic(err)
	}
	p, err := parcel.Open(path, trust, nil, made.AddDate(0, 0, 1))
	if err != nil {
		panic(err)
	}
	fmt.Printf("package %d for %s by %s, %s\n", p.Manifest.Sequence, p.Manifest.Partner, p.Key.Name, p.Manifest.TLP)
	_, err = parcel.Open(path, trust, nil, made.AddDate(1, 0, 0))
	fmt.Println(err != nil)
	// Output:
	// package 1 for north-desk by us, TLP:AMBER
	// true
}
