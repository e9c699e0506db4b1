// Command detect finds what changed between two co-registered satellite or aerial passes.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"passdiff/cmd/detect/internal/batch"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/raster/gdal"
)

// version is set when a release is built.
var version = "0.1.0-dev"

func main() { os.Exit(int(command(os.Args[1:]))) }

// command runs detect with its arguments and returns the exit code.
func command(args []string) exit.Code {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	// A reader of standard output that leaves is an error of writing, after which what was begun is removed, not the end of the process.
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals) // a second one ends the process at once
			cancel(exit.Signal{Signal: s})
		case <-ctx.Done():
		}
	}()

	root, messages := newRoot()
	root.SetArgs(args)
	err := batch.LimitMemory()
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	code := exit.Of(ctx, err)
	switch {
	case err == nil:
	case code == exit.Resumable || code == exit.Interrupted:
		left := exit.Stopped{Left: "no file was written"}
		errors.As(err, &left)
		messages.Error("%v; %v", context.Cause(ctx), left)
	default:
		for _, line := range lines(err) {
			messages.Error("%s", gdal.Public(line)) // arguments are named as they were given, with a query or a login
		}
	}
	return code
}

// lines are the errors joined in err, each of which gets a line, behind what stands in front of the join.
func lines(err error) []string {
	text := err.Error()
	var joined interface {
		error
		Unwrap() []error
	}
	if !errors.As(err, &joined) {
		return []string{text}
	}
	front, ok := strings.CutSuffix(text, joined.Error())
	if !ok {
		return []string{text}
	}
	all := strings.Split(joined.Error(), "\n")
	for i := range all {
		all[i] = front + all[i]
	}
	return all
}
