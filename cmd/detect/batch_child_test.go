//go:build unix

package main

import (
	"slices"
	"strings"
	"syscall"
	"time"

	"passdiff/cmd/detect/internal/batch"
)

// comeToGrief ends this process badly when it is a run whose arguments hold a text that how says, as WAY=TEXT[,WAY=TEXT...]:
// crash as C libraries do, kill as the system does for want of memory, memory by asking for ever more. It does nothing else.
func comeToGrief(args []string, how string) {
	if len(args) < 2 || args[1] != "run" {
		return
	}
	for one := range strings.SplitSeq(how, ",") {
		way, text, _ := strings.Cut(one, "=")
		if !slices.ContainsFunc(args, func(a string) bool { return text != "" && strings.HasSuffix(a, text) }) {
			continue
		}
		switch way {
		case "crash":
			syscall.Kill(syscall.Getpid(), syscall.SIGABRT)
		case "kill":
			syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		case "memory":
			takeAll()
		}
		time.Sleep(time.Minute) // the signal comes meanwhile
	}
}

// takeAll asks for memory until there is none, in a process that was told a limit.
func takeAll() {
	if err := batch.LimitMemory(); err != nil {
		panic(err)
	}
	var last *taken
	for {
		last = &taken{before: last}
		for i := 0; i < len(last.bytes); i += 4096 {
			last.bytes[i] = 1
		}
	}
}

// taken is memory that stays, because what is taken next knows it.
type taken struct {
	before *taken
	bytes  [16 << 20]byte
}
