//go:build !unix

package output

const startMask = 0
