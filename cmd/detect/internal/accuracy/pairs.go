package accuracy

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"passdiff/cmd/detect/internal/exit"
)

// Pair is a labelled pair in a folder of its own: before.tif, truth.tif, and an after pass.
type Pair struct {
	// Name is the folder's, Dir its path.
	Name, Dir string
	// Family is what the pair is averaged with.
	Family string
	// Delivered says that the after pass is after_asdelivered.tif: misregistered as it was published, where after.tif was shifted into place.
	Delivered bool
}

// Label names the pair in messages and files.
func (p Pair) Label() string {
	if p.Delivered {
		return p.Name + "-asdelivered"
	}
	return p.Name
}

func (p Pair) before() string { return filepath.Join(p.Dir, "before.tif") }
func (p Pair) truth() string  { return filepath.Join(p.Dir, "truth.tif") }
func (p Pair) after() string {
	if p.Delivered {
		return filepath.Join(p.Dir, "after_asdelivered.tif")
	}
	return filepath.Join(p.Dir, "after.tif")
}

// families are the prefixes of names that share a family; every other prefix is a family of its own.
var families = map[string]string{"beijing": "other", "idabd": "other"}

// family is that of a pair's name: what stands before the first underscore.
func family(name string) string {
	prefix, _, _ := strings.Cut(name, "_")
	if f, ok := families[prefix]; ok {
		return f
	}
	return prefix
}

// Find lists the labelled pairs in the folders of dir by name, each followed by its form as delivered where there is one. Folders called
// notruth… are left out. An error carries exit.Input.
func Find(dir string) ([]Pair, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Input, "%s: there is no such folder; set PASSDIFF_DATA to one with labelled pairs (docs/accuracy.md says which)", dir)
	} else if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	var pairs []Pair
	for _, e := range entries {
		p := Pair{Name: e.Name(), Dir: filepath.Join(dir, e.Name()), Family: family(e.Name())}
		if strings.HasPrefix(p.Name, "notruth") || !exists(p.truth()) {
			continue
		}
		pairs = append(pairs, p)
		if p.Delivered = true; exists(p.after()) {
			pairs = append(pairs, p)
		}
	}
	if len(pairs) == 0 {
		return nil, exit.Errorf(exit.Input, "%s: holds no labelled pair; a pair is a folder with before.tif, after.tif and truth.tif", dir)
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	return pairs, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
