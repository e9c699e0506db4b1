package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Command is something to time.
type Command struct {
	// Name is what tables call it; it tells commands of one Alternate apart.
	Name string
	// Args are the program and its arguments.
	Args []string
	// Env is added to the environment, as NAME=VALUE.
	Env []string
	// Out is the file that the command writes, removed before each run; "" for none. By its extension it must be a GeoJSON collection with
	// features or a TIFF.
	Out string
}

// Sample is what one run took.
type Sample struct {
	Wall time.Duration
	// CPU is the time in user and kernel mode of the process and of all its descendants that were waited for.
	CPU time.Duration
	// Peak is the largest resident set of any one process, in bytes.
	Peak int64
	// Others is the CPU time that other programs took meanwhile, to some 10 ms.
	Others time.Duration
	// Features is the number of polygons written, 0 without GeoJSON.
	Features int
}

// Run runs the command once. It is an error when it exits with another status than 0 or its output is missing, empty or not whole; the
// error holds the end of what it said.
func (c Command) Run() (Sample, error) {
	if c.Out != "" {
		if err := os.Remove(c.Out); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Sample{}, err
		}
	}
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	syscall.Sync() // what earlier commands wrote must not reach the disk during this one
	busyBefore, begun := busy(), time.Now()
	err := cmd.Run()
	wall, worked := time.Since(begun), busy()-busyBefore
	if err != nil {
		return Sample{}, fmt.Errorf("%s: %v: %w\n%s", c.Name, c.Args, err, tail(said.Bytes()))
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	s := Sample{Wall: wall, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Peak: usage.Maxrss << 10} // Linux gives KiB
	s.Others = max(0, worked-s.CPU)
	if c.Out != "" {
		if s.Features, err = check(c.Out); err != nil {
			return Sample{}, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return s, nil
}

// tail is the end of a message.
func tail(said []byte) []byte {
	const most = 2000
	return said[max(0, len(said)-most):]
}
