// Package pool combines what several partners and we ourselves have seen: features of the same place and time become one, whose sources all stand in it.
//
// A feature of the pool has the place and the attributes of its most precise member, never an average. What is counted are observations, not partners: an
// observation is one pair of passes of one origin, and carries a token (parcel.Origin) through all releases and pools, so that what comes back by
// another way is not counted again. The strictest marking of the members holds for the whole.
//
// The order of the inputs, and giving one of them twice, changes nothing.
package pool
