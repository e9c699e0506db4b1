package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/sys/unix"
)

// terminal opens a pseudo terminal: the side of the person, and that of the command.
func terminal(t *testing.T) (person, command *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	t.Cleanup(func() { person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if command, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Close() })
	return person, command
}

func echoes(t *testing.T, tty *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// TestPrompt: at the terminal the password is asked for by the key's name; the first signal ends that like any other work, and the terminal shows again what is typed.
func TestPrompt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	recipient, err := age.NewScryptRecipient("secret")
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(10)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(w, id)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"id.age": sealed.Bytes(), "trust": []byte("us minisign RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, typed string
		signal      os.Signal
		code        int
		says        string
	}{
		{"the password", "secret\n", nil, 4, "error: none: no such file or directory\n"},
		{"another", "else\n", nil, 4, "error: id.age: the password does not open this file\n"},
		{"Ctrl-C", "\x03", nil, 130, "error: interrupted; no file was written\n"},
		{"Ctrl-C behind letters", "sec\x03", nil, 130, "error: interrupted; no file was written\n"},
		{"SIGTERM", "", syscall.SIGTERM, 75, "error: stopped by a signal (terminated); no file was written\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			person, tty := terminal(t)
			var stderr bytes.Buffer
			cmd := call{dir: dir}.command(t, "verify", "none", "--trust", "trust", "--identity", "id.age")
			cmd.Stdin, cmd.Stderr = tty, &stderr
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stuck := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
			defer stuck.Stop()
			asked := make([]byte, len("password of id.age: "))
			if n, err := person.Read(asked); err != nil || string(asked[:n]) != "password of id.age: " {
				t.Errorf("asks %q: %v", asked[:n], err)
			}
			for begun := time.Now(); echoes(t, tty) && time.Since(begun) < 10*time.Second; time.Sleep(time.Millisecond) {
			}
			if c.signal != nil {
				if err := cmd.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := person.WriteString(c.typed); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != c.code || stderr.String() != c.says {
				t.Errorf("exit status %d, want %d: %s", code, c.code, stderr.String())
			}
			if !echoes(t, tty) {
				t.Error("the terminal stays without echo")
			}
		})
	}
}
