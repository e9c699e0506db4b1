package bench

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// busy is how long all CPUs together have worked since the machine started, for whatever program, to 10 ms; 0 where the kernel does not say.
func busy() time.Duration {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	return busyIn(string(stat))
}

// busyIn reads the first line of /proc/stat: "cpu" and the hundredths of a second that went to user, nice, system, idle, waiting for disks,
// interrupts, soft interrupts and other guests of the same machine.
func busyIn(stat string) (sum time.Duration) {
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 {
		return 0
	}
	for i, f := range fields[1:9] {
		if idle := i == 3 || i == 4; idle {
			continue
		}
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		sum += time.Duration(n) * time.Second / 100
	}
	return sum
}

// Disturbance says in a line how much of the CPUs other programs took while commands ran: on all runs, and on the worst of those of
// at least a second.
func (s Samples) Disturbance() string {
	var others, available time.Duration
	var worst float64
	for _, runs := range s {
		for _, x := range runs {
			room := x.Wall * time.Duration(runtime.NumCPU())
			others, available = others+x.Others, available+room
			if x.Wall >= time.Second {
				worst = max(worst, float64(x.Others)/float64(room))
			}
		}
	}
	return fmt.Sprintf("Other programs took %.0f %% of the CPUs meanwhile, %.0f %% during the worst run.", 100*float64(others)/float64(available), 100*worst)
}
