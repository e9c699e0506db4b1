package release

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
	"passdiff/cmd/detect/internal/policy"
	"passdiff/geo"
)

// Request is what a release is made of.
type Request struct {
	Policy *policy.Policy
	Keys   Keys
	// Features and Looked are the content of the inputs.
	Features []*Input
	Looked   []Looked
	Created  time.Time
	// Retract are released ids, or ids inside, of features released before that no longer hold, beside those that the inputs say are rejected.
	Retract []string
	// Before are the ids that the partner has got in earlier releases, sorted, and Retracted those taken back.
	Before, Retracted []string
	// Cells are the sizes of cells, in metres, in which the partner has got features.
	Cells []int
	// Software names the program in the manifest.
	Software string
}

// Keys are secrets from which ids and tokens are made.
type Keys struct {
	// ID is the partner's; Origin is the publisher's, the same for all partners, nil for none: then no origins are told.
	ID, Origin []byte
}

// Draft is a release that is not packed yet.
type Draft struct {
	Selection Selection
	Features  []parcel.Feature
	Coverage  []parcel.Feature
	// Files are the data files and texts of the package.
	Files       []parcel.File
	Origins     []string
	Retractions []string
	// Cells are the sizes of cells, in metres, in which features are told.
	Cells      []int
	ValidUntil time.Time
	// TLP is the strictest marking of the policy and of what others gave.
	TLP parcel.TLP
}

// NewDraft selects and generalises. The same request gives the same draft, unless the context ends before.
func NewDraft(ctx context.Context, q Request) (*Draft, error) {
	features, err := unique(ctx, q.Features)
	if err != nil {
		return nil, err
	}
	d := &Draft{ValidUntil: q.Created.Add(q.Policy.ValidFor)}
	if d.Selection, err = Select(ctx, q.Policy.Rules, q.Created, features); err != nil {
		return nil, err
	}
	if d.Cells, err = q.cells(d.Selection.Released); err != nil {
		return nil, err
	}
	if d.Features, err = Generalise(ctx, q.Policy.Rules, q.Keys, d.Selection.Released); err != nil {
		return nil, err
	}
	if d.Coverage, err = Coverage(ctx, q.Policy.Rules, q.Created, q.Looked); err != nil {
		return nil, exit.With(exit.Input, err)
	}
	if d.Retractions, err = q.retractions(features, d.Selection.Released); err != nil {
		return nil, err
	}
	d.Origins = q.allOrigins(d.Selection.Released)
	d.TLP = parcel.TLP(q.Policy.TLP)
	for _, c := range d.Selection.Released {
		if c.Feature.TLP != "" {
			d.TLP = d.TLP.Stricter(c.Feature.TLP)
		}
	}
	d.Files = []parcel.File{{Name: parcel.DetectionName, Data: parcel.WriteFeatures(d.Features)}, {Name: parcel.CoverageName, Data: parcel.WriteFeatures(d.Coverage)}}
	about, err := texts(q.Policy, d.TLP, q.Created, d.ValidUntil)
	d.Files = append(d.Files, about...)
	return d, err
}

// cells are the sizes of cells in which features are told, sorted. It is an error when they do not nest with those of earlier releases.
func (q Request) cells(released []Chosen) (all []int, err error) {
	for _, c := range released {
		if grid := max(q.Policy.Grid, c.Coarsen); grid > 0 {
			all = append(all, grid)
		}
	}
	all = distinct(all)
	if a, b, ok := policy.Unnested(distinct(slices.Concat(q.Cells, all))); ok {
		return nil, exit.Errorf(exit.Usage, "%s: cells of %d m and of %d m do not lie within each other, and %s has got features in some of them: told in both, a feature would be placed more exactly than in either; make the new size a multiple or a divisor of the old one",
			q.Policy.Path, a, b, q.Policy.Partner)
	}
	return all, nil
}

// unique drops features that stand in several inputs. It is an error when they differ, or when one is there as a position and as a detection: nobody
// could say which holds.
func unique(ctx context.Context, features []*Input) ([]*Input, error) {
	seen, known := map[string]string{}, map[string]string{}
	var all []*Input
	for _, f := range features {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one := string(digestOf(f))
		id := Identity(&f.Feature)
		if other, twice := known[f.DetID]; f.DetID != "" && twice && other != id {
			return nil, exit.Errorf(exit.Input, "detection %s stands in the inputs as %s and as %s; give the one that is tracked, or the one that is not", f.DetID, other, id)
		}
		known[f.DetID] = id
		switch other, twice := seen[id]; {
		case !twice || id == "":
			seen[id] = one
			all = append(all, f)
		case other != one:
			return nil, exit.Errorf(exit.Input, "feature %s stands in the inputs twice, and not the same; give the newer one only", id)
		}
	}
	return all, nil
}

// digestOf tells features apart by all that they say.
func digestOf(f *Input) []byte {
	h := sha256.New()
	w := geo.NewWriter(h, geo.Format{Lines: true})
	if err := w.Write(&f.Feature); err != nil {
		return []byte(err.Error())
	}
	if err := w.Close(); err != nil {
		return []byte(err.Error())
	}
	h.Write([]byte(strings.Join(slices.Concat([]string{string(f.TLP), f.Handling, fmt.Sprint(f.NoOnward)}, f.Origins, f.OriginsAny), "\n")))
	return h.Sum(nil)
}

// retractions are the ids of features that the partner has, and that no longer hold: sorted. Those that were retracted before stay.
func (q Request) retractions(features []*Input, released []Chosen) ([]string, error) {
	gone := slices.Clone(q.Retracted)
	asked := map[string]string{}
	for _, f := range features {
		for _, inside := range []string{Identity(&f.Feature), f.DetID} { // it may have been released before it was tracked
			if id := ReleasedID(q.Keys.ID, inside); f.ReviewState == "rejected" && has(q.Before, id) {
				gone = append(gone, id)
			}
		}
	}
	for _, id := range q.Retract {
		switch own := ReleasedID(q.Keys.ID, id); {
		case has(q.Before, id):
			asked[id] = id
		case has(q.Before, own):
			asked[own] = id
		default:
			return nil, exit.Errorf(exit.Input, "%s: no feature of this id was released to %s, so there is nothing to retract", id, q.Policy.Partner)
		}
	}
	gone = slices.AppendSeq(gone, maps.Keys(asked))
	now := map[string]bool{}
	for _, c := range released {
		id, untracked := ReleasedID(q.Keys.ID, Identity(&c.Feature.Feature)), ReleasedID(q.Keys.ID, c.Feature.DetID)
		if as, both := asked[id]; both {
			return nil, exit.Errorf(exit.Input, "%s: is retracted and released at once; take it out of the inputs, or reject it", as)
		}
		if now[id] = true; untracked != id && has(q.Before, untracked) {
			gone = append(gone, untracked) // it has another id since it is tracked
		}
	}
	return distinct(slices.DeleteFunc(gone, func(id string) bool { return now[id] })), nil
}

// has reports whether a sorted list has an id.
func has(sorted []string, id string) bool {
	_, found := slices.BinarySearch(sorted, id)
	return found
}

// origins are the tokens of a feature's observations, sorted: those that others carried with it, or our own when there is a key for them and the
// feature is not pooled. Of the second list one is meant, and nobody knows which. A feature that is told in larger cells than the others has none:
// those of the same passes would tell where it can lie.
func (c Chosen) origins(r policy.Rules, key []byte) (sure, maybe []string) {
	f := c.Feature
	if c.Coarsen > r.Grid {
		return nil, nil
	}
	if key != nil && f.Schema != parcel.PoolSchema && len(f.Origins) == 0 && len(f.OriginsAny) == 0 {
		return []string{parcel.Origin(key, f.SrcBefore, f.SrcAfter, f.TBefore.Value, f.TAfter.Value)}, nil
	}
	return distinct(f.Origins), distinct(f.OriginsAny)
}

// allOrigins are the tokens of all that is released.
func (q Request) allOrigins(released []Chosen) []string {
	all := []string{}
	for _, c := range released {
		sure, maybe := c.origins(q.Policy.Rules, q.Keys.Origin)
		all = append(append(all, sure...), maybe...)
	}
	return distinct(all)
}

// distinct sorts a list and has each once.
func distinct[T cmp.Ordered](list []T) []T {
	all := slices.Clone(list)
	slices.Sort(all)
	return slices.Compact(all)
}

// ids are the released ids.
func (d *Draft) ids() []string {
	all := make([]string, len(d.Features))
	for i, f := range d.Features {
		all[i] = f.ID
	}
	return all
}

// withheld is how many features are said to be withheld; nil when that is not told. Those that are withheld for their place are never counted,
// as the number would tell of places, and fewer than k are not told.
func (d *Draft) withheld(k int) *int {
	n := 0
	for _, c := range d.Selection.Counts() {
		switch c.Rule {
		case Unreviewed, Unsure, Unconfirmed, Early:
			n += c.Features
		}
	}
	if n < max(k, 1) {
		return nil
	}
	return &n
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
