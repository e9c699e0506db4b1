package job

import (
	"os"
	"runtime"
	"runtime/debug"
)

// cpus is how many workers a job has that does not say: as many as Go could run at once when the process began.
var cpus = runtime.GOMAXPROCS(0)

// spareProcs is how many more goroutines Go may run at once than there are CPUs. Workers are in GDAL most of the time, and as long as every place
// is taken by one, Go's monitor wakes every 20 µs to look for one to give away, on the CPUs that decode: two spare places save 5 % of a
// run on a compressed pair.
const spareProcs = 2

// frugal settles how the process uses memory and CPUs, once; GOGC and GOMAXPROCS win. The garbage collector runs when the heap is half as large
// again as what is in use, not twice as large: pixels are in large buffers that are used again, so this frees a good part of the memory
// and takes no time that can be measured.
func frugal() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(cpus + spareProcs)
	}
}
