package pool

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"passdiff/cmd/detect/internal/parcel"
)

// drawInputs draws packages and own outputs whose features often lie at one place.
func drawInputs(t *rapid.T) (inputs []any) {
	times := []string{may1, may9, july, "2026-05-20T00:00:00Z"}
	draw := func(own bool, n int) (features []parcel.Feature) {
		for i := range rapid.IntRange(0, 8).Draw(t, "features") {
			x, y := float64(rapid.IntRange(0, 6).Draw(t, "x")), float64(rapid.IntRange(0, 2).Draw(t, "y"))
			properties := []any{"t_after", rapid.SampledFrom(times).Draw(t, "time"), "obj_desc", rapid.SampledFrom([]string{"appeared", "disappeared", "altered"}).Draw(t, "what"),
				"pos_acc_m", rapid.IntRange(1, 3).Draw(t, "accuracy")}
			if own {
				properties = append(properties, "src_after", rapid.SampledFrom([]string{"s", "r"}).Draw(t, "scene"), "review_state", rapid.SampledFrom([]string{"candidate", "accepted", "rejected"}).Draw(t, "state"))
			}
			if rapid.Bool().Draw(t, "marked") {
				properties = append(properties, "tlp", rapid.SampledFrom([]string{"TLP:CLEAR", "TLP:AMBER", "TLP:RED"}).Draw(t, "tlp"))
			}
			features = append(features, feature(fmt.Sprintf("f%d-%d", n, i), box(10+x*0.0002, y*0.0002, 0.001), properties...))
		}
		return features
	}
	for n := range rapid.IntRange(1, 5).Draw(t, "inputs") {
		if rapid.Bool().Draw(t, "own") {
			inputs = append(inputs, draw(true, n))
			continue
		}
		set := func(m *parcel.Manifest) {
			m.TLP = rapid.SampledFrom([]parcel.TLP{parcel.Clear, parcel.Green, parcel.Amber, parcel.AmberStrict, parcel.Red}).Draw(t, "tlp")
			m.Precision = rapid.SampledFrom([]string{"exact", "exact", "grid: 1000m", "grid: 5000m"}).Draw(t, "precision")
			m.Origins = slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom([]string{o(1), o(2), o(3), o(4)}), 0, 3).Draw(t, "origins"))))
		}
		p := release(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "publisher"), n+1, set, draw(false, n)...)
		inputs = append(inputs, p)
	}
	return inputs
}

func poolOf(t *rapid.T, inputs []any) *Pool {
	p := &Pool{OriginKey: key}
	for i, in := range inputs {
		var err error
		switch in := in.(type) {
		case *parcel.Package:
			err = p.AddPackage(in)
		case []parcel.Feature:
			err = p.AddOutput(fmt.Sprint(i), parcel.WriteFeatures(in))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func pooled(t *rapid.T, inputs []any) Result {
	r, err := poolOf(t, inputs).Combine(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPoolOrderAndRepeats: pool(A, B) = pool(B, A) = pool(A, A, B), byte for byte.
func TestPoolOrderAndRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawInputs(t)
		want := parcel.WriteFeatures(pooled(t, inputs).Features)
		other := rapid.Permutation(inputs).Draw(t, "order")
		other = append(other, other[:rapid.IntRange(0, len(other)).Draw(t, "repeats")]...)
		if got := parcel.WriteFeatures(pooled(t, other).Features); !bytes.Equal(got, want) {
			t.Fatalf("%s\nin another order\n%s", want, got)
		}
	})
}

// TestPoolKeepsAll: no member is lost or there twice, no feature is marked less than a member, what a member forbids holds for the whole, the place is one of the members', and
// no feature counts more observations than it has sources or tokens.
func TestPoolKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inputs := drawInputs(t)
		r := pooled(t, inputs)
		if parsed, err := parcel.ParseFeatures(parcel.WriteFeatures(r.Features)); err != nil || len(parsed) != len(r.Features) {
			t.Fatalf("what was written is not read: %v", err)
		}
		tlps, places := map[string]parcel.TLP{}, map[string]parcel.Feature{}
		for _, in := range inputs {
			marking, features := parcel.TLP(""), []parcel.Feature(nil)
			switch in := in.(type) {
			case *parcel.Package:
				marking, features = in.Manifest.TLP, in.Features
			case []parcel.Feature:
				features = in
			}
			for _, f := range features {
				m := marking
				if own := parcel.TLP(f.Text("tlp")); own != "" && m != "" {
					m = m.Stricter(own)
				} else if own != "" {
					m = own
				}
				tlps[f.ID], places[f.ID] = m, f
			}
		}
		ids, n := map[string]bool{}, 0
		for _, f := range r.Features {
			if ids[f.ID] {
				t.Fatalf("the id %s is there twice", f.ID)
			}
			ids[f.ID] = true
			found := false
			for _, s := range strings.Split(f.Text("sources"), ",") {
				n++
				part := strings.Split(s, "|")
				id := part[2]
				member, ok := places[id]
				if !ok {
					t.Fatalf("the source %s is none, or there twice", s)
				}
				delete(places, id)
				found = found || member.Geometry.Equal(f.Geometry)
				if m := tlps[id]; m != "" && parcel.TLP(f.Text("tlp")).Stricter(m) != parcel.TLP(f.Text("tlp")) {
					t.Fatalf("%s is %s, and a member is %s", f.ID, f.Text("tlp"), m)
				}
				if m := tlps[id]; m != "" && !m.Onward(true) && f.Get("no_onward") != true {
					t.Fatalf("%s may go on, and its member %s not", f.ID, id)
				}
			}
			if !found {
				t.Fatalf("%s has a place of none of its members", f.ID)
			}
			if sure, all := f.Get("n_observations").(int), f.Get("n_observations_possible").(int); sure < 1 || all < sure || all > f.Get("n_sources").(int) {
				t.Fatalf("%s has %d observations, %d possible, of %v sources", f.ID, sure, all, f.Get("n_sources"))
			}
		}
		if len(places) > 0 || n != r.Members {
			t.Fatalf("lost: %v", places)
		}
	})
}
