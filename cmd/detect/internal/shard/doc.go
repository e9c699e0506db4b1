// Package shard shares the work of many pairs, or of one large pair, among machines that know nothing of each other, and joins what they found
// to the bytes that one machine would have written.
//
// A Plan freezes the inputs, the options, the fitted models and the parts. A shard compares its parts (Run) and leaves a folder of files, the
// last of which is its done record with the hashes of the others. Merge checks that every shard is there, whole and of this plan, and joins
// them. Whatever starts the shards only counts from 0 to one less than their number: passdiff schedules nothing itself.
package shard
