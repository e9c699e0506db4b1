// Package parcel is the package that partners exchange: its files, manifest, sums and signature.
//
// A package is a flat folder, or a tar of it, maybe encrypted for its recipients by age. SHA256SUMS lists the sha256 of every file but itself and
// the signature; the signature is over SHA256SUMS, by minisign (SHA256SUMS.minisig) or by ssh-keygen -Y (SHA256SUMS.sig). Whoever has these tools and
// sha256sum checks it without this program. manifest.json says what the package is, and lists the other files once more with their sizes.
//
// Opening is strict: nothing is parsed before the signature and the sums hold, every size and number is bounded, and there is one spelling of
// everything, so that no byte of a package is outside of what is signed.
package parcel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a package. One that exceeds them is refused before it is read whole.
const (
	MaxFiles     = 64        // files in a package, manifest, sums and signature among them
	MaxName      = 64        // bytes of a file's name
	MaxFile      = 128 << 20 // bytes of a file
	MaxPackage   = 256 << 20 // bytes of all files, and of the tar around them
	MaxManifest  = 4 << 20   // bytes of manifest.json
	maxSums      = MaxFiles * (64 + 2 + MaxName + 1)
	maxSignature = 16 << 10
	MaxTokens    = 50_000 // origins, and retractions
	MaxSequence  = 1_000_000_000
)

// Names of the files that make a package.
const (
	ManifestName  = "manifest.json"
	SumsName      = "SHA256SUMS"
	MinisignName  = "SHA256SUMS.minisig"
	SSHName       = "SHA256SUMS.sig"
	DetectionName = "detections.geojson"
	CoverageName  = "coverage.geojson"
)

// File is a file of a package. Its name is flat: letters, digits and ._- with a letter or digit at both ends.
type File struct {
	Name string
	Data []byte
}

var nameForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`)

// checkNames is an error when the files cannot stand in one folder on every system, or are too many.
func checkNames(names []string) error {
	if len(names) > MaxFiles {
		return fmt.Errorf("more than %d files", MaxFiles)
	}
	seen := map[string]string{}
	for _, n := range names {
		if len(n) > MaxName || !nameForm.MatchString(n) {
			return fmt.Errorf("the name %.80q is not allowed: up to %d letters, digits, and . _ - between them", n, MaxName)
		}
		lower := strings.ToLower(n)
		switch other, twice := seen[lower]; {
		case twice && other == n:
			return fmt.Errorf("%s is there twice", n)
		case twice:
			return fmt.Errorf("%s and %s differ by case only", other, n)
		}
		seen[lower] = n
	}
	return nil
}

func names(files []File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Name
	}
	return all
}

// find is the data of a file; false when it is not there.
func find(files []File, name string) ([]byte, bool) {
	i := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return nil, false
	}
	return files[i].Data, true
}

// isSignature reports whether a name is that of a signature.
func isSignature(name string) bool { return name == MinisignName || name == SSHName }

// sorted are files by name.
func sorted(files []File) []File {
	all := slices.Clone(files)
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return all
}
