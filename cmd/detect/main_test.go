package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The tests run the command as a process: the test binary is detect when it is called by that name.

func TestMain(m *testing.M) {
	// Under the race detector every process would wait a second before it ends.
	if _, set := os.LookupEnv("GORACE"); !set {
		os.Setenv("GORACE", "atexit_sleep_ms=0")
	}
	testscript.Main(tests{m}, map[string]func(){"detect": func() {
		comeToGrief(os.Args, os.Getenv("DETECT_TEST_CHILD"))
		main()
	}})
}

type tests struct{ *testing.M }

// Run runs the tests and removes what they share.
func (t tests) Run() int {
	defer removeLarge()
	return t.M.Run()
}

// TestScripts runs testdata/script: a topic a file, with the commands of this package's tests beside those of testscript.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TILES", tiles)
			env.Setenv("GORACE", os.Getenv("GORACE"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   cmdExits,
			"refused": cmdRefused,
			"tif":     cmdTif,
			"tiff":    cmdTiff,
			"drawn":   cmdDrawn,
			"holes":   cmdHoles,
			"damage":  cmdDamage,
			"geojson": cmdGeoJSON,
			"bbox":    cmdBbox,
			"mask":    cmdMask,
			"same":    cmdSame,
			"signer":  cmdSigner,
			"seal":    cmdSeal,
			"parcel":  cmdParcel,
			"mode":    cmdMode,
		},
	})
}

// call is one run of detect outside scripts.
type call struct {
	exe string   // another build of detect; "" for this one
	dir string   // "" for this package's
	env []string // beside those of the test
}

// command readies detect with arguments.
func (c call) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	exe := c.exe
	if exe == "" {
		var err error
		if exe, err = os.Executable(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(exe, args...)
	cmd.Args[0] = "detect"
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	return cmd
}

// outcome is how a run ended.
type outcome struct {
	code           int // −1 when a signal ended it
	stdout, stderr string
}

func (c call) run(t testing.TB, args ...string) outcome {
	t.Helper()
	return wait(t, c.command(t, args...))
}

// wait runs cmd to its end.
func wait(t testing.TB, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// succeed is run for runs that end with 0.
func (c call) succeed(t testing.TB, args ...string) outcome {
	t.Helper()
	o := c.run(t, args...)
	if o.code != 0 {
		t.Fatalf("detect %q ends with %d: %s", args, o.code, o.stderr)
	}
	return o
}
