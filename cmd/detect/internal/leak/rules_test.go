package leak

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"passdiff/cmd/detect/internal/policy"
)

// TestRules: what a feature tells of itself satisfies the policy, or is found.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		what, key, value string
		change           func(*policy.Policy)
		ok               bool
	}{
		{"accepted", "review_state", `"accepted"`, func(p *policy.Policy) {}, true},
		{"a candidate", "review_state", `"candidate"`, func(p *policy.Policy) {}, false},
		{"a candidate that may go", "review_state", `"candidate"`, func(p *policy.Policy) { p.Review = policy.Candidate }, true},
		{"rejected", "review_state", `"rejected"`, func(p *policy.Policy) { p.Review = policy.Candidate }, false},
		{"not reviewed", "review_state", `null`, func(p *policy.Policy) {}, false},
		{"sure enough", "confidence", `70`, func(p *policy.Policy) { p.MinConfidence = 70 }, true},
		{"unsure", "confidence", `69`, func(p *policy.Policy) { p.MinConfidence = 70 }, false},
		{"nobody knows how sure", "confidence", `null`, func(p *policy.Policy) {}, false},
		{"unsure, which may go", "confidence", `5`, func(p *policy.Policy) { p.AnyConfidence, p.MinConfidence = true, 70 }, true},
		{"nobody knows, which may go", "confidence", `null`, func(p *policy.Policy) { p.AnyConfidence = true }, true},
		{"first", "status", `"first"`, func(p *policy.Policy) {}, true},
		{"first is the least", "status", `"first"`, func(p *policy.Policy) { p.MinStatus = "first" }, true},
		{"finished", "status", `"finished"`, func(p *policy.Policy) { p.MinStatus, p.Embargo = "first", 0 }, true},
		{"finished, perhaps under the embargo", "status", `"finished"`, func(p *policy.Policy) { p.MinStatus = "first" }, false},
		{"a status that is not told, perhaps under the embargo", "status", `null`, func(p *policy.Policy) {}, true},
		{"first is too little", "status", `"first"`, func(p *policy.Policy) { p.MinStatus = "provisional" }, false},
		{"provisional", "status", `"provisional"`, func(p *policy.Policy) { p.MinStatus = "provisional" }, true},
		{"provisional is too little", "status", `"provisional"`, func(p *policy.Policy) { p.MinStatus = "confirmed" }, false},
		{"confirmed", "status", `"confirmed"`, func(p *policy.Policy) { p.MinStatus = "provisional" }, true},
		{"finished, perhaps unconfirmed", "status", `"finished"`, func(p *policy.Policy) { p.MinStatus = "provisional" }, false},
		{"finished, perhaps never confirmed", "status", `"finished"`, func(p *policy.Policy) { p.MinStatus = "confirmed" }, false},
		{"no status", "status", `null`, func(p *policy.Policy) { p.Embargo = 0 }, false},
		{"no status of the least", "status", `null`, func(p *policy.Policy) { p.MinStatus = "provisional" }, false},
		{"passes that looked", "n_looked", `7`, func(p *policy.Policy) { p.Embargo = 0 }, true},
		{"passes that looked, perhaps under the embargo", "n_looked", `7`, func(p *policy.Policy) {}, false},
		{"passes that looked are not told", "n_looked", `null`, func(p *policy.Policy) {}, true},
		// The package is of 2026-06-01T00:00:00Z, a Monday, and the embargo 72 hours.
		{"past the embargo", "last_seen", `"2026-05-29T00:00:00Z"`, func(p *policy.Policy) {}, true},
		{"under the embargo", "last_seen", `"2026-05-30T00:00:00Z"`, func(p *policy.Policy) {}, false},
		{"under the embargo, first seen", "first_seen", `"2026-05-30T00:00:00Z"`, func(p *policy.Policy) {}, false},
		{"under the embargo, before", "t_before", `"2026-05-30T00:00:00Z"`, func(p *policy.Policy) {}, false},
		{"no embargo", "last_seen", `"2026-06-01T00:00:00Z"`, func(p *policy.Policy) { p.Embargo = 0 }, true},
		{"later than the package", "last_seen", `"2026-06-02T00:00:00Z"`, func(p *policy.Policy) { p.Embargo = 0 }, false},
		{"never seen", "last_seen", `null`, func(p *policy.Policy) {}, true},
	} {
		p := exactRules()
		p.Attributes = []string{c.key}
		c.change(p)
		f := exactly(square1)
		f["detections.geojson"] = strings.Replace(f["detections.geojson"], `"obj_desc":"disappeared","t_after":"2026-05-11T00:00:00Z","src_after":"other"`, fmt.Sprintf("%q:%s", c.key, c.value), 1)
		err := check(t, f, p)
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), c.key) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestWeeks: a time told by the week is the beginning of it, and as much later as may be.
func TestWeeks(t *testing.T) {
	for monday, ok := range map[string]bool{"2026-05-25T00:00:00Z": true, "2026-06-01T00:00:00Z": false} {
		p := exactRules()
		p.Times, p.Embargo = policy.Week, 7*24*time.Hour
		f := exactly(square1)
		f["detections.geojson"] = strings.NewReplacer("2026-05-11T00:00:00Z", monday, "of the day", "of the week").Replace(f["detections.geojson"])
		f["coverage.geojson"] = strings.NewReplacer("2026-05-11", "2026-05-04", "2026-05-01", "2026-04-27", "of the day", "of the week").Replace(f["coverage.geojson"])
		f["README.txt"] = strings.Replace(f["README.txt"], "times day", "times week", 1)
		if err := check(t, f, p); (err == nil) != ok {
			t.Errorf("%s: %v", monday, err)
		}
	}
}

// TestExactTimes: a time is written in one way, so that its digits tell nothing else.
func TestExactTimes(t *testing.T) {
	for when, ok := range map[string]bool{
		"2026-05-11T10:20:31Z": true, "2026-05-11T10:20:31.5Z": true, "2026-05-11T10:20:31.50Z": false, "2026-05-11T10:20:31,5Z": false,
		"2026-05-11T10:20:31.12345678933905Z": false, "2026-05-11T10:20:31+00:00": false, "2026-05-11": false,
	} {
		p := exactRules()
		p.Times = policy.ExactTimes
		f := exactly(square1)
		f["detections.geojson"] = strings.NewReplacer("2026-05-11T00:00:00Z", when, `"times: the beginning of the day, UTC"`, "null").Replace(f["detections.geojson"])
		f["README.txt"] = strings.Replace(f["README.txt"], "times day", "times exact", 1)
		if err := check(t, f, p); (err == nil) != ok {
			t.Errorf("%s: %v", when, err)
		}
	}
}
