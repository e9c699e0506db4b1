// Package track keeps positions over many passes: which detections of a series of pairs lie at the same place, whether the change there is still
// to be seen, and what a person said of it. docs/track.md has the rules in words.
//
// Passes go in as they come, in any order, and stay in a Store, a GeoPackage. Positions are rebuilt from all of them, sorted by the time of the
// later pass, so that the order of feeding changes nothing; only identifiers that have been exported depend on what was known then.
//
// A position is a candidate for a change that lasts, never an identification.
package track
