package release

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"passdiff/cmd/detect/internal/audit"
	"passdiff/cmd/detect/internal/leak"
	"passdiff/cmd/detect/internal/parcel"
)

// builder is a build of a small release into a folder, and what it makes it of.
func builder(t testing.TB, dir string, s parcel.Signer) (*Build, *Draft) {
	t.Helper()
	q := Request{Policy: caseOf(3).Policy, Keys: Keys{ID: []byte("k")}, Features: []*Input{good()}, Created: at, Software: "detect 0.0.0-test"}
	q.Policy.Rules = open()
	q.Policy.Rules.TLP, q.Policy.Rules.Grid, q.Policy.Rules.ValidFor, q.Policy.OriginKey = "TLP:AMBER", 1000, 3600e9, ""
	d, err := NewDraft(t.Context(), q)
	if err != nil || len(d.Features) != 1 {
		t.Fatal(len(d.Features), err)
	}
	recipient, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	plan, _ := NewPlan(q, d, History{}, PlanFile{}, nil)
	return &Build{
		Policy: q.Policy, Plan: plan, PlanSHA256: strings.Repeat("a", 64), Signer: s, Software: q.Software,
		Dir: filepath.Join(dir, "package"), Recipients: []age.Recipient{recipient.Recipient()}, Check: func(dir string) error { return leak.Check(dir, q.Policy) },
	}, d
}

// run runs a build with the log of its folder.
func run(b *Build, d *Draft) error {
	log, err := audit.Open(filepath.Join(filepath.Dir(b.Dir), "audit.jsonl"))
	if err != nil {
		return err
	}
	return errors.Join(b.Run(d, log), log.Close())
}

// sound says what is wrong with a folder after a build that may have come to grief; "" for nothing: no package without its line in the log, and none that
// is not whole under its name.
func sound(t *testing.T, b *Build) (wrong string, there bool) {
	t.Helper()
	log, err := audit.Read(filepath.Join(filepath.Dir(b.Dir), "audit.jsonl"))
	if err != nil {
		return err.Error(), false
	}
	info, err := os.Stat(b.Dir)
	sealed, serr := os.Stat(b.Dir + sealedName)
	if err != nil {
		if serr == nil {
			return "there is a tar and no folder", false
		}
		return "", false
	}
	data, err := os.ReadFile(filepath.Join(b.Dir, parcel.ManifestName))
	switch {
	case !info.IsDir() || err != nil:
		return fmt.Sprint("no manifest: ", err), true
	case len(log.Entries) != 1 || log.Entries[0].ManifestSHA256 != sum(data):
		return fmt.Sprintf("the log has %d lines, and none of this package", len(log.Entries)), true
	case serr == nil && sealed.Size() == 0:
		return "the tar is empty", true
	}
	if err := leak.Check(b.Dir, b.Policy); err != nil {
		return err.Error(), true
	}
	return "", true
}

// TestStoppedAnywhere stops a build before each change of the disk, once by an error as of a full disk and once by kill -9, and builds again: there is never a
// package without its line, nor a part of one, and the second build makes the package that the first would have made.
func TestStoppedAnywhere(t *testing.T) {
	if os.Getenv("RELEASE_TEST_KILL") != "" {
		killed(t)
		return
	}
	signer := testSigner(t)
	whole := ""
	steps := 0
	b, d := builder(t, t.TempDir(), signer)
	b.Step = func(string) error { steps++; return nil }
	if err := run(b, d); err != nil {
		t.Fatal(err)
	}
	whole = contents(t, b.Dir)
	if steps < 20 {
		t.Fatalf("a build has %d steps", steps)
	}
	for n := 1; n <= steps; n++ {
		b, d := builder(t, t.TempDir(), signer)
		left := n
		b.Step = func(string) error {
			if left--; left == 0 {
				return syscall.ENOSPC
			}
			return nil
		}
		if err := run(b, d); !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("step %d: %v", n, err)
		}
		again(t, n, b, d, whole, false)
	}
	for n := 1; n <= steps; n++ {
		dir := t.TempDir()
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, "-test.run=TestStoppedAnywhere")
		cmd.Env = append(os.Environ(), "RELEASE_TEST_KILL="+strconv.Itoa(n), "RELEASE_TEST_DIR="+dir)
		out, err := cmd.CombinedOutput()
		if e := (*exec.ExitError)(nil); !errors.As(err, &e) || e.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
			t.Fatalf("step %d: %v\n%s", n, err, out)
		}
		b, d := builder(t, dir, signer)
		again(t, n, b, d, "", true)
	}
	t.Logf("%d steps, each stopped by an error and by kill -9", steps)
}

// again looks at what a stopped build left, and builds once more.
func again(t *testing.T, n int, b *Build, d *Draft, whole string, otherKey bool) {
	t.Helper()
	wrong, there := sound(t, b)
	if wrong != "" {
		t.Errorf("after step %d: %s", n, wrong)
	}
	b.Step = nil
	if otherKey && there {
		return // the child signed with another key, so that its package is not this one
	}
	if _, err := os.Stat(b.Dir + sealedName); err == nil {
		return // all that was left was to bring the names to the disk
	}
	if err := run(b, d); err != nil {
		t.Errorf("after step %d the build does not go on: %v", n, err)
		return
	}
	if wrong, there := sound(t, b); wrong != "" || !there {
		t.Errorf("after step %d and once more: %s", n, wrong)
	}
	if whole != "" && contents(t, b.Dir) != whole {
		t.Errorf("after step %d the build makes other bytes", n)
	}
	entries, err := os.ReadDir(filepath.Dir(b.Dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("after step %d %s is left", n, e.Name())
		}
	}
}

// killed is the child that ends itself before a change of the disk.
func killed(t *testing.T) {
	left, err := strconv.Atoi(os.Getenv("RELEASE_TEST_KILL"))
	if err != nil {
		t.Fatal(err)
	}
	b, d := builder(t, os.Getenv("RELEASE_TEST_DIR"), testSigner(t))
	b.Step = func(string) error {
		if left--; left == 0 {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	t.Fatal("came to its end: ", run(b, d))
}

// contents are the names and bytes of a folder's files.
func contents(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d\n%s", e.Name(), len(data), data)
	}
	return b.String()
}

// TestChecked: a package that the check refuses does not appear, and has no line in the log.
func TestChecked(t *testing.T) {
	b, d := builder(t, t.TempDir(), testSigner(t))
	refused := errors.New("refused")
	b.Check = func(string) error { return refused }
	if err := run(b, d); !errors.Is(err, refused) {
		t.Error(err)
	}
	log, err := audit.Read(filepath.Join(filepath.Dir(b.Dir), "audit.jsonl"))
	if _, serr := os.Stat(b.Dir); serr == nil || err != nil || len(log.Entries) > 0 {
		t.Error("there is a package, or a line: ", err)
	}
}
