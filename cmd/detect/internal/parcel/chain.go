package parcel

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"passdiff/cmd/detect/internal/exit"
)

// ChainFormat names the layout of a file of chains.
const ChainFormat = "passdiff-chain/1"

// Chains are the newest packages that were seen, one for each publisher and partner. The zero value has seen none.
type Chains struct{ links []link }

// link is the newest package of a chain. The publisher is the name of the key in the trust file, so that a new key continues a chain.
type link struct {
	Publisher      string `json:"publisher"`
	Partner        string `json:"partner"`
	Sequence       int    `json:"sequence"`
	ManifestSHA256 string `json:"manifest_sha256"`
}

// chainFile is a file of chains.
type chainFile struct {
	Format string `json:"format"`
	Chains []link `json:"chains"`
}

// ReadChains reads a file that Encode wrote; one that does not exist has seen nothing.
func ReadChains(path string) (*Chains, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return &Chains{}, nil
	}
	data, err := ReadKey(path)
	if err != nil {
		return nil, err
	}
	var f chainFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	c := &Chains{}
	if err := dec.Decode(&f); err != nil || f.Format != ChainFormat {
		return nil, exit.Errorf(exit.Input, "%s: is not a file of the format %s; name the file that detect verify --state wrote, or a new one", path, ChainFormat)
	}
	c.links = f.Chains
	if !bytes.Equal(c.Encode(), data) {
		return nil, exit.Errorf(exit.Input, "%s: is not as detect verify --state wrote it; bring it back from a copy", path)
	}
	return c, nil
}

// Encode writes the chains, in order.
func (c *Chains) Encode() []byte {
	slices.SortFunc(c.links, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.Publisher, b.Publisher), cmp.Compare(a.Partner, b.Partner))
	})
	data, err := json.MarshalIndent(chainFile{ChainFormat, orEmpty(c.links)}, "", "  ")
	if err != nil {
		panic("parcel: " + err.Error()) // strings and numbers
	}
	return append(data, '\n')
}

// Add takes a package as the newest of its chain. It is an error, with exit.Unverified, when the package does not follow the newest one: an older one again, another
// one in its place, one whose predecessor was not seen, or one that names another predecessor. The newest one itself may come again. It reports whether the
// package begins a chain: then nothing is known of those before it.
func (c *Chains) Add(p *Package) (first bool, err error) {
	m := p.Manifest
	next := link{p.Key.Name, m.Partner, m.Sequence, p.ManifestSHA256}
	last := c.of(p)
	if last == nil {
		c.links = append(c.links, next)
		return true, nil
	}
	wrong := ""
	switch {
	case next == *last:
		return false, nil
	case m.Sequence < last.Sequence:
		wrong = fmt.Sprintf("package %d comes again after %d, the newest that was seen; ask for the newest", m.Sequence, last.Sequence)
	case m.Sequence == last.Sequence:
		wrong = fmt.Sprintf("another package %d was seen, whose manifest has the sha256 %s; ask the publisher which of them holds", m.Sequence, last.ManifestSHA256)
	case m.Sequence > last.Sequence+1:
		wrong = fmt.Sprintf("package %d comes after %d, the newest that was seen; give those between, too", m.Sequence, last.Sequence)
	case m.PrevManifestSHA256 != last.ManifestSHA256:
		wrong = fmt.Sprintf("package %d does not follow the package %d that was seen, whose manifest has the sha256 %s", m.Sequence, last.Sequence, last.ManifestSHA256)
	default:
		*last = next
		return false, nil
	}
	return false, exit.Errorf(exit.Unverified, "%s: chain: %s", p.Path, wrong)
}

// Follow takes packages that are used together, in any order. It is an error, with exit.Unverified, when the newest of a chain is older than the newest that was seen, or when one
// that is not older does not follow, as for Add. Older ones may stand beside them. Of chains of which none was seen, nothing is asked.
func (c *Chains) Follow(all []*Package) error {
	all = slices.SortedStableFunc(slices.Values(all), func(a, b *Package) int { return cmp.Compare(a.Manifest.Sequence, b.Manifest.Sequence) })
	for i, p := range all {
		last := c.of(p)
		later := func(o *Package) bool { return o.Key.Name == p.Key.Name && o.Manifest.Partner == p.Manifest.Partner }
		if last == nil || p.Manifest.Sequence < last.Sequence && slices.ContainsFunc(all[i+1:], later) {
			continue
		}
		if _, err := c.Add(p); err != nil {
			return err
		}
	}
	return nil
}

// Knows reports whether a package of the chain was seen.
func (c *Chains) Knows(p *Package) bool { return c.of(p) != nil }

// of is the newest package that was seen of a package's chain; nil for none.
func (c *Chains) of(p *Package) *link {
	i := slices.IndexFunc(c.links, func(l link) bool { return l.Publisher == p.Key.Name && l.Partner == p.Manifest.Partner })
	if i < 0 {
		return nil
	}
	return &c.links[i]
}
