package parcel

import (
	"fmt"
)

// Build completes a package: it adds manifest.json, whose format and subjects it fills in, SHA256SUMS and the signature, and returns all files by name. The
// same inputs give the same bytes.
func Build(files []File, m Manifest, s Signer) ([]File, error) {
	for _, f := range files {
		if f.Name == ManifestName || f.Name == SumsName || isSignature(f.Name) {
			return nil, fmt.Errorf("%s: is made by Build, and cannot be given", f.Name)
		}
		if len(f.Data) > MaxFile {
			return nil, fmt.Errorf("%s: has %d bytes, and %d are allowed", f.Name, len(f.Data), MaxFile)
		}
	}
	m.Format, m.Subjects = Format, nil
	for _, f := range sorted(files) {
		m.Subjects = append(m.Subjects, Subject{f.Name, int64(len(f.Data)), sumOf(f.Data)})
	}
	data, err := m.encode()
	if err != nil {
		return nil, err
	}
	if _, err := ParseManifest(data); err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestName, err)
	}
	all := append(sorted(files), File{ManifestName, data})
	list := sums(all)
	sig, err := s.Sign(list)
	if err != nil {
		return nil, err
	}
	all = append(all, File{SumsName, list}, sig)
	if err := checkNames(names(all)); err != nil {
		return nil, err
	}
	if _, err := content(all); err != nil {
		return nil, err
	}
	return sorted(all), nil
}
