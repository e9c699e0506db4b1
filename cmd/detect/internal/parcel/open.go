package parcel

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"filippo.io/age"

	"passdiff/cmd/detect/internal/exit"
)

// Package is a package whose signature and sums hold.
type Package struct {
	Path     string
	Manifest *Manifest
	// Files are all files, by name; Features those of detections.geojson.
	Files    []File
	Features []Feature
	// Key signed it.
	Key            *Key
	ManifestSHA256 string
}

// Data is the content of a file; nil when it is not there.
func (p *Package) Data(name string) []byte {
	data, _ := find(p.Files, name)
	return data
}

// For is an error, with exit.Unverified, when the package was made for another partner.
func (p *Package) For(partner string) error {
	if p.Manifest.Partner == partner {
		return nil
	}
	return exit.Errorf(exit.Unverified, "%s: partner: the package was made for %s, not for %s", p.Path, p.Manifest.Partner, partner)
}

// Open reads a folder, a tar or an encrypted tar into memory and verifies it: signature, then sums, then manifest and content. Only bytes that the signature
// covers are parsed. now decides whether key and package still hold. Errors carry exit.Unverified, but for a path that cannot be read.
func Open(path string, t *Trust, identities []age.Identity, now time.Time) (*Package, error) {
	p, err := OpenEarlier(path, t, identities, now)
	if err == nil && !now.Before(p.Manifest.ValidUntil) {
		err = exit.Errorf(exit.Unverified, "%s: validity: the package was valid until %s; ask its publisher for a newer one", path, p.Manifest.ValidUntil.Format(time.RFC3339))
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// OpenEarlier is Open for a package whose successor matters: it may be no longer valid.
func OpenEarlier(path string, t *Trust, identities []age.Identity, now time.Time) (*Package, error) {
	files, err := load(path, identities)
	if err == nil {
		var p *Package
		if p, err = verify(files, t, now); err == nil {
			p.Path = path
			return p, nil
		}
	}
	if e := (*exit.Error)(nil); errors.As(err, &e) {
		return nil, err
	}
	return nil, exit.Errorf(exit.Unverified, "%s: %w", path, err)
}

// verify verifies the files of a package. Errors begin with what failed.
func verify(files []File, t *Trust, now time.Time) (*Package, error) {
	list, ok := find(files, SumsName)
	if !ok {
		return nil, fmt.Errorf("signature: %s is missing", SumsName)
	}
	var signatures []File
	for _, f := range files {
		if isSignature(f.Name) {
			signatures = append(signatures, f)
		}
	}
	switch {
	case len(signatures) != 1:
		return nil, fmt.Errorf("signature: there are %d of %s and %s, and one is needed", len(signatures), MinisignName, SSHName)
	case len(signatures[0].Data) > maxSignature || len(list) > maxSums:
		return nil, fmt.Errorf("signature: %s or %s is too large", signatures[0].Name, SumsName)
	}
	key, err := t.Verify(list, signatures[0], now)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	if err := checkSums(list, files); err != nil {
		return nil, fmt.Errorf("sums: %w", err)
	}
	p, err := content(files)
	if err != nil {
		return nil, err
	}
	p.Key = key
	return p, nil
}

// content reads the files of a package whose sums hold.
func content(files []File) (*Package, error) {
	data, ok := find(files, ManifestName)
	if !ok {
		return nil, fmt.Errorf("manifest: %s is missing", ManifestName)
	}
	m, err := ParseManifest(data)
	if err != nil {
		return nil, fmt.Errorf("manifest: %s %w", ManifestName, err)
	}
	if err := m.covers(files); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	p := &Package{Manifest: m, Files: sorted(files), ManifestSHA256: sumOf(data)}
	if data, ok = find(files, DetectionName); !ok {
		return nil, fmt.Errorf("schema: %s is missing", DetectionName)
	}
	if p.Features, err = ParseFeatures(data); err != nil {
		return nil, fmt.Errorf("schema: %s: %w", DetectionName, err)
	}
	if n := len(p.Features); n != m.Counts.Features {
		return nil, fmt.Errorf("schema: %s holds %d features, and the manifest counts %d", DetectionName, n, m.Counts.Features)
	}
	ids := map[string]bool{}
	for _, f := range p.Features {
		if !tokenForm.MatchString(f.ID) || ids[f.ID] {
			return nil, fmt.Errorf("schema: %s: the id %.80q is there twice, or is none", DetectionName, f.ID)
		}
		ids[f.ID] = true
	}
	if data, ok = find(files, CoverageName); ok {
		if _, err := ParseFeatures(data); err != nil {
			return nil, fmt.Errorf("schema: %s: %w", CoverageName, err)
		}
	}
	return p, nil
}

// covers is an error when the files are not the subjects.
func (m *Manifest) covers(files []File) error {
	for _, s := range m.Subjects {
		data, ok := find(files, s.Name)
		switch {
		case !ok:
			return fmt.Errorf("the subject %.64q is missing", s.Name)
		case int64(len(data)) != s.Size:
			return fmt.Errorf("%s has %d bytes, and the manifest says %d", s.Name, len(data), s.Size)
		case sumOf(data) != s.SHA256:
			return fmt.Errorf("%s does not have the sha256 that the manifest says", s.Name)
		}
	}
	for _, f := range files {
		if f.Name == ManifestName || f.Name == SumsName || isSignature(f.Name) {
			continue
		}
		if !slices.ContainsFunc(m.Subjects, func(s Subject) bool { return s.Name == f.Name }) {
			return fmt.Errorf("%s is no subject of the manifest", f.Name)
		}
	}
	return nil
}
