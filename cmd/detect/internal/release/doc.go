// Package release makes what a partner gets out of detections: it selects by a policy, generalises, gives the partner's own ids, plans,
// and builds the package.
//
// Select and Generalise are functions of plain values. What they withhold or leave out is withheld by default: a feature is released when
// every rule lets it pass, and a property is told when it is on the list of package policy, by the policy's choice.
package release
