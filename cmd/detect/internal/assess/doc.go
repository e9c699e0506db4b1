// Package assess says whether a pair is fit to compare, from what package job finds out about it, and draws it.
package assess
