package batch

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"passdiff/cmd/detect/internal/exit"
)

// cores is how many goroutines Go could run at once when the process began.
var cores = runtime.GOMAXPROCS(0)

// leastMemory is what a pair is expected to need, in bytes: detect run is measured to stay below 400 MiB (docs/performance.md), and its
// limit counts what is set aside and not used, too.
const leastMemory = 1 << 30

// SmallestMemory is the least limit of a pair, in bytes: small pairs need 200 to 300 MB. With much less a process does not only fail: PROJ, which finds
// no memory for its database, says that a file has no georeference.
const SmallestMemory = 300_000_000

// Share is how the machine is divided. Its zero value is divided by cores and memory.
type Share struct {
	// Jobs is how many pairs run at once, 0 for as many as cores and memory allow.
	Jobs int
	// Workers is how many workers each has, 0 for its part of the cores.
	Workers int
	// Memory is how many bytes each may have, 0 for its part of what is available. It is not kept everywhere: see LimitMemory.
	Memory int64
}

// forPairs settles what is open for a number of pairs.
func (s Share) forPairs(n int) Share {
	free := available()
	if s.Jobs > n {
		s.Jobs = max(1, n)
	}
	if s.Jobs == 0 {
		s.Jobs = cores
		if need := max(s.Memory, leastMemory); free > 0 {
			s.Jobs = min(s.Jobs, int(free/need))
		}
		s.Jobs = max(1, min(s.Jobs, n))
	}
	if s.Workers == 0 {
		s.Workers = max(1, cores/s.Jobs)
	}
	if s.Memory == 0 {
		s.Memory = free * 9 / 10 / int64(s.Jobs)
		if free > 0 {
			s.Memory = max(s.Memory, SmallestMemory)
		}
	}
	return s
}

// memoryVariable is how a child is told its limit, in bytes.
const memoryVariable = "DETECT_MEMORY"

// environment is what a child has beside env: its limit, and three quarters of it for Go's own memory unless env says how much that is.
func (s Share) environment(env []string) []string {
	if s.Memory == 0 {
		return nil
	}
	own := []string{memoryVariable + "=" + strconv.FormatInt(s.Memory, 10)}
	if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, "GOMEMLIMIT=") }) {
		own = append(own, "GOMEMLIMIT="+strconv.FormatInt(s.Memory/4*3, 10))
	}
	return own
}

// LimitMemory keeps the data of this process below $DETECT_MEMORY bytes, where the system can: on Linux. Beyond, memory is refused, and the
// process ends. A process that was not told a limit has none.
func LimitMemory() error {
	v := os.Getenv(memoryVariable)
	if v == "" {
		return nil
	}
	bytes, err := ParseSize(v)
	if err != nil {
		return exit.Errorf(exit.Usage, "$%s: %w", memoryVariable, err)
	}
	if err := limitData(bytes); err != nil {
		return exit.Errorf(exit.Usage, "$%s: %s cannot be kept as a limit: %w", memoryVariable, v, err)
	}
	return nil
}

var (
	sizeForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$`)
	units    = map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
)

// ParseSize reads a number of bytes, such as 512MiB, 1.5GB or 2000000.
func ParseSize(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(s)
	if m != nil {
		unit, ok := units[strings.ToLower(m[2])]
		if v, err := strconv.ParseFloat(m[1], 64); ok && err == nil && v*unit >= 1 && v*unit < math.MaxInt64 {
			return int64(v * unit), nil
		}
	}
	return 0, fmt.Errorf("%q is no size like 512MiB or 2GB", s)
}
