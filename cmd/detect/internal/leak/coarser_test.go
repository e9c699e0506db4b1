package leak

import (
	"fmt"
	"strings"
	"testing"

	"passdiff/cmd/detect/internal/policy"
)

// cell5000 is the cell of 5000 m, column −944 and row −681, that has the cell of the package in it, by PROJ (EPSG:6933).
const cell5000 = `[[[-48.9188721,-27.7352951],[-48.8670512,-27.7352951],[-48.8670512,-27.6911515],[-48.9188721,-27.6911515],[-48.9188721,-27.7352951]]]`

// TestCoarser: a feature that is told in larger cells than the others has neither times nor tokens, and coverage is told in such cells.
func TestCoarser(t *testing.T) {
	token := `"o-` + strings.Repeat("a", 32) + `"`
	for _, c := range []struct {
		what, old, new string
		change         func(*policy.Policy)
		want           string
	}{
		{"clean", "", "", func(*policy.Policy) {}, ""},
		{"a time", `"t_after":null`, `"t_after":"2026-05-11T00:00:00Z"`, func(*policy.Policy) {}, "t_after"},
		{"the first time", `"first_seen":null`, `"first_seen":"2026-05-11T00:00:00Z"`, func(*policy.Policy) {}, "first_seen"},
		{"a token", `"origins":null`, `"origins":` + token, func(*policy.Policy) {}, `has origins "o-`},
		{"a possible token", `"origins_any":null`, `"origins_any":` + token, func(*policy.Policy) {}, `has origins_any "o-`},
		{"nobody approved it", "", "", func(p *policy.Policy) { p.Approved = nil }, "the policy has approved 0 features"},
		{"coverage in cells of the others", "", "", func(p *policy.Policy) { p.Protected[0].Coarsen = 1000 }, "a size that the policy does not have"},
	} {
		p := rules()
		p.Attributes = []string{"obj_desc", "t_after", "src_after", "first_seen"}
		p.Protected = []policy.Protected{{Places: shapes("POINT(-48.91 -27.7)"), Distance: 5000, Coarsen: 5000}}
		p.Approved = map[string]bool{"a": true}
		f := files()
		one := strings.Replace(strings.NewReplacer("cell of 1000 m", "cell of 5000 m", `"t_after":"2026-05-11T00:00:00Z"`, `"t_after":null`,
			`"src_after":"other"`, `"src_after":"other","first_seen":null`, `Meters":712`, `Meters":3557`).Replace(feature), feature[strings.Index(feature, "[[["):strings.Index(feature, "]]]")+3], cell5000, 1)
		f["detections.geojson"] = strings.Replace(collected(one), c.old, c.new, 1)
		f["manifest.json"] = strings.Replace(listing, `"features": 2`, `"features": 1`, 1)
		looked := strings.NewReplacer("cell of 1000 m", "cell of 5000 m", `Meters":712`, `Meters":3557`).Replace(cover)
		f["coverage.geojson"] = collected(strings.Replace(looked, cover[strings.Index(cover, "[[["):strings.Index(cover, "]]]")+3], cell5000, 1))
		c.change(p)
		err := check(t, f, p)
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: %v, want %q", c.what, err, c.want)
		}
		if c.what != "clean" {
			continue
		}
		// Smaller cells of coverage than those in which a feature may be told would place it better than its own.
		f["coverage.geojson"] = collected(cover)
		if err := check(t, f, p); err == nil || !strings.Contains(err.Error(), "coverage.geojson: feature 1 says of how it was changed") {
			t.Error(err)
		}
	}
}
