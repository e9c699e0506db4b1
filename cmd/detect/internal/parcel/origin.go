package parcel

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"time"
)

// PoolSchema names the layout of the features of detect pool.
const PoolSchema = "passdiff-pool/1"

var originForm = regexp.MustCompile(`^o-[0-9a-f]{32}$`)

// IsOrigin reports whether s has the form of a token of Origin, which leaves no room for anything that can be read.
func IsOrigin(s string) bool { return originForm.MatchString(s) }

// Origin is the token of an observation: what one publisher saw in one pair of passes. It goes with what was seen through every release and pool, so that
// whoever meets it twice knows that this is one observation. The key is the publisher's secret and the same for all partners: without it the token tells
// nothing, and two partners can see that they were told of the same pass.
//
// The pair is named as in its features: src_before, src_after, t_before, t_after; a time that is not known is zero.
func Origin(key []byte, srcBefore, srcAfter string, tBefore, tAfter time.Time) string {
	h := hmac.New(sha256.New, key)
	for _, s := range []string{"passdiff-origin/1", srcBefore, srcAfter, instant(tBefore), instant(tAfter)} {
		h.Write(wire(s))
	}
	return "o-" + hex.EncodeToString(h.Sum(nil)[:16])
}

// instant is a time as a text that names it in one way, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
