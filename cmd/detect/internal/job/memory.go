package job

import (
	"os"
	"runtime/debug"
)

// frugal makes the garbage collector run when the heap is half as large again as what is in use, not twice as large, unless GOGC says
// something. Pixels are in large buffers that are used again, so this frees a good part of the memory and takes no time that can be measured.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
