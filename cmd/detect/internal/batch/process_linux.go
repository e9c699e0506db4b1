package batch

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"passdiff/cmd/detect/internal/exit"
)

// isolate makes a child a group of its own, which signals from the terminal do not reach, and ends it with this process. (The kernel sends that
// signal when the thread that made the child ends. Go ends only threads that a goroutine was locked to, and none is.)
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// signalGroup sends a signal to a child and what it started.
func signalGroup(pid int, s syscall.Signal) error { return syscall.Kill(-pid, s) }

// limitData limits the data segment: what is mapped private and writable. The address space would not do, because Go and allocators set aside
// far more of it than they use.
func limitData(bytes int64) error {
	l := syscall.Rlimit{Cur: uint64(bytes), Max: uint64(bytes)}
	return syscall.Setrlimit(syscall.RLIMIT_DATA, &l)
}

// lockWait is how long a batch waits for children of one that was killed to be gone.
const lockWait = 3 * time.Second

// lockFolder takes the lock of a folder. It holds as long as this process or one that inherits the file lives.
func lockFolder(ctx context.Context, dir string) (*os.File, error) {
	name := filepath.Join(dir, ".lock")
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, exit.Errorf(exit.Output, "%s: cannot be written: %w", name, exit.Cause(err))
	}
	for begun := time.Now(); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			f.Close()
			return nil, exit.Errorf(exit.Output, "%s: cannot be locked: %w", name, err)
		case time.Since(begun) > lockWait:
			f.Close()
			return nil, exit.Errorf(exit.Output, "%s: another batch is running there; wait for it, or name another folder with --out", dir)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// available is how many bytes of memory new processes can use, 0 when that is not known.
func available() int64 {
	free := field("/proc/meminfo", "MemAvailable:") << 10
	// In a container the limit of the group counts.
	most, used := field("/sys/fs/cgroup/memory.max", ""), field("/sys/fs/cgroup/memory.current", "")
	if most > used && used > 0 {
		free = min(free, most-used)
	}
	return free
}

// field is the whole number that follows a word at the beginning of a line of a file, 0 for none.
func field(file, word string) int64 {
	f, err := os.Open(file)
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), word); ok {
			text, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}
