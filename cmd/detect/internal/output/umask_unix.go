//go:build unix

package output

import "syscall"

// startMask is the process's umask, read once before any goroutine runs: reading it means setting it.
var startMask = func() uint32 {
	m := syscall.Umask(0)
	syscall.Umask(m)
	return uint32(m)
}()
