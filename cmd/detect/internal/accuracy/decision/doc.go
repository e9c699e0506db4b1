// Package decision asks whether the limits by which auto decides carry over to imagery that had no part in choosing them: it decides about
// labelled pairs by a grid of limits for each kind of pair, chooses on all families but one, and scores that one.
//
// Symbols: T is the threshold, K the hysteresis, ρ the correlation of both passes.
package decision
