package parcel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// sumOf is the sha256 of data in hexadecimal digits.
func sumOf(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// sums writes SHA256SUMS over files, as sha256sum does.
func sums(files []File) []byte {
	var b bytes.Buffer
	for _, f := range sorted(files) {
		fmt.Fprintf(&b, "%s  %s\n", sumOf(f.Data), f.Name)
	}
	return b.Bytes()
}

// checkSums is an error when the files are not those that SHA256SUMS lists, or have other bytes.
func checkSums(list []byte, files []File) error {
	text, ok := strings.CutSuffix(string(list), "\n")
	if !ok {
		return errors.New(SumsName + " does not end with a line feed")
	}
	var listed []string
	for i, l := range strings.Split(text, "\n") {
		sum, name, ok := strings.Cut(l, " ")
		if !ok || !isSum(sum) || len(name) < 2 || name[0] != ' ' && name[0] != '*' {
			return fmt.Errorf("%s:%d is not a sha256, two spaces and a name", SumsName, i+1)
		}
		listed = append(listed, name[1:])
		data, ok := find(files, name[1:])
		if !ok || name[1:] == SumsName || isSignature(name[1:]) {
			return fmt.Errorf("%.64q is listed in %s and missing, or is no file to list", name[1:], SumsName)
		}
		if sumOf(data) != sum {
			return fmt.Errorf("%s does not have the sha256 that %s lists", name[1:], SumsName)
		}
	}
	if err := checkNames(listed); err != nil {
		return fmt.Errorf("%s: %w", SumsName, err)
	}
	for _, f := range files {
		if f.Name != SumsName && !isSignature(f.Name) && !slices.Contains(listed, f.Name) {
			return fmt.Errorf("%s is not listed in %s", f.Name, SumsName)
		}
	}
	return nil
}
