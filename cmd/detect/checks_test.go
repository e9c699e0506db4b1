package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdExits runs a program that must end with the given exit status; stdout and stderr are kept for the script.
//
//	exits CODE PROGRAM [ARGS...]
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s ends with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// cmdRefused is exits for runs that do nothing but say why: one line on standard error, nothing on standard output, no file made,
// removed or changed.
//
//	refused CODE PROGRAM [ARGS...]
func cmdRefused(ts *testscript.TestScript, neg bool, args []string) {
	before, err := snapshot(ts.MkAbs("."))
	ts.Check(err)
	cmdExits(ts, neg, args)
	after, err := snapshot(ts.MkAbs("."))
	ts.Check(err)
	if diff := differences(before, after); diff != "" {
		ts.Fatalf("files changed:\n%s", diff)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("standard output holds %q", out)
	}
	if complaint := notOneError(ts.ReadFile("stderr")); complaint != "" {
		ts.Fatalf("%s", complaint)
	}
}

// notOneError says what keeps stderr from being one error message in the style of the house; "" when nothing does.
func notOneError(stderr string) string {
	msg, ok := strings.CutPrefix(stderr, "error: ")
	switch {
	case !ok:
		return fmt.Sprintf("standard error does not begin with an error: %q", stderr)
	case strings.Count(stderr, "\n") != 1 || !strings.HasSuffix(stderr, "\n"):
		return fmt.Sprintf("standard error is not one line: %q", stderr)
	case strings.HasSuffix(msg, ".\n"):
		return fmt.Sprintf("message ends with a full stop: %q", stderr)
	}
	for _, r := range msg {
		if unicode.IsControl(r) && r != '\n' {
			return fmt.Sprintf("message holds control characters: %q", stderr)
		}
	}
	return ""
}

// snapshot describes every file below dir, hidden ones too, by mode and content. The folder .tmp is testscript's own.
func snapshot(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == ".tmp" {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		about := info.Mode().String()
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			about += fmt.Sprintf(" %d bytes %x", len(data), sha256.Sum256(data))
		}
		files[name] = about
		return nil
	})
	return files, err
}

// differences lists the files that two snapshots do not share; "" when there are none.
func differences(before, after map[string]string) string {
	var b strings.Builder
	for name, about := range before {
		if now, ok := after[name]; !ok {
			fmt.Fprintf(&b, "%s: removed\n", name)
		} else if now != about {
			fmt.Fprintf(&b, "%s: was %s, is %s\n", name, about, now)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			fmt.Fprintf(&b, "%s: new\n", name)
		}
	}
	return b.String()
}

// cmdSame wants two outputs of the same pixels and parameters to be equal: run records without what is the machine's, other files byte
// by byte.
//
//	[!] same FILE1 FILE2
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] same FILE1 FILE2")
	}
	var content [2]string
	for i, name := range args {
		content[i] = ts.ReadFile(name)
		if strings.HasSuffix(name, ".run.json") {
			data, err := withoutMachine([]byte(content[i]))
			ts.Check(err)
			content[i] = string(data)
		}
	}
	if same := content[0] == content[1]; same == neg {
		ts.Fatalf("%s and %s: same content is %v", args[0], args[1], same)
	}
}

// cmdMode wants a file's permissions, in octal.
//
//	mode PERM FILE
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode PERM FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
