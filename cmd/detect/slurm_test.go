//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is a Slurm of two nodes on this machine, for the length of a test.
type cluster struct {
	t    *testing.T
	root string
	env  []string
}

// newCluster starts one, with a detect that some tasks do not survive at first; it skips where Slurm or the script that starts it is missing.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("a cluster is left out with -short")
	}
	scripts := absolute("../../../shared/slurm")
	if _, err := os.Stat(scripts + "/up.sh"); err != nil {
		t.Skipf("there is no script that starts a throw-away Slurm: %v", err)
	}
	if _, err := exec.LookPath("sbatch"); err != nil {
		t.Skip("Slurm is not installed (slurmctld, slurmd, slurm-client, munge)")
	}
	c := &cluster{t: t, root: t.TempDir()}
	if out, err := exec.Command(scripts+"/up.sh", c.root, "2").CombinedOutput(); err != nil {
		t.Skipf("Slurm does not start here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command(scripts+"/down.sh", c.root).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(c.root, "bin")
	if err := os.MkdirAll(bin+"/real", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(exe, bin+"/real/detect"); err != nil {
		t.Fatal(err)
	}
	// Task 2 is killed while it works. Task 5 waits for the end of its node, once.
	script := fmt.Sprintf(`#!/bin/sh
once() { [ ! -e %[1]s/$1 ] && touch %[1]s/$1; }
case "${SLURM_ARRAY_TASK_ID:-}" in
2) if once killed; then %[1]s/real/detect "$@" & sleep 0.05; kill -9 $! $$; fi ;;
5) if once node; then sleep 300; fi ;;
esac
exec %[1]s/real/detect "$@"
`, bin)
	if err := os.WriteFile(bin+"/detect", []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	c.env = append(os.Environ(), "SLURM_CONF="+c.root+"/slurm.conf", "PATH="+bin+":"+os.Getenv("PATH"))
	return c
}

// run runs a command on the cluster's front end and wants it to succeed.
func (c *cluster) run(name string, args ...string) string {
	c.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir = c.env, c.root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		c.t.Fatalf("%s %q: %v: %s", name, args, err, stderr.String())
	}
	return string(out)
}

// until waits for something to become true.
func (c *cluster) until(what string, true func() bool) {
	c.t.Helper()
	for end := time.Now().Add(3 * time.Minute); !true(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("%s: not within three minutes\n%s", what, c.run("squeue", "--array"))
		}
	}
}

func (c *cluster) idle() bool { return strings.TrimSpace(c.run("squeue", "--noheader")) == "" }

// killNode ends a node and what runs on it, as a power cut does.
func (c *cluster) killNode(node string, job string) {
	c.t.Helper()
	pid, err := os.ReadFile(filepath.Join(c.root, "run", "slurmd."+node+".pid"))
	if err != nil {
		c.t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(pid)))
	if err != nil {
		c.t.Fatal(err)
	}
	if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
		c.t.Fatal(err)
	}
	// The steps of the job are groups of their own: its supervisor, and its processes, which name the job in their environment.
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		c.t.Fatal(err)
	}
	for _, p := range all {
		line, _ := os.ReadFile(p + "/cmdline")
		vars, _ := os.ReadFile(p + "/environ")
		if bytes.HasPrefix(line, []byte("slurmstepd: ["+job+".")) ||
			bytes.Contains(vars, []byte("SLURM_JOB_ID="+job+"\x00")) && bytes.Contains(vars, []byte("SLURM_CONF="+c.root+"/slurm.conf\x00")) {
			if n, err := strconv.Atoi(filepath.Base(p)); err == nil {
				_ = syscall.Kill(n, syscall.SIGKILL) // it may be gone
			}
		}
	}
}

// TestSlurm: an array of eight tasks and a merge on a real Slurm give the bytes of one machine, although a task is killed, a node dies under
// another, and a shard is done twice. What is missing is listed by the merge and done by the same script.
func TestSlurm(t *testing.T) {
	c := newCluster(t)
	p := large(t)
	want := filepath.Join(c.root, "want", "out.geojson")
	if err := os.Mkdir(filepath.Dir(want), 0o755); err != nil {
		t.Fatal(err)
	}
	call{}.succeed(t, "run", p.before, p.after, want, "--job-id", "one", "--method", "cva", "--coverage", c.root+"/want/out.coverage.geojson",
		"--mask-out", c.root+"/want/out.mask.tif", "--save-model", c.root+"/want/out.model.json", "-q")

	jobs := fmt.Sprintf("version: 1\njobs:\n- {id: one, before: %s, after: %s, outputs: [coverage, mask, model], options: {method: cva}}\n", p.before, p.after)
	if err := os.WriteFile(c.root+"/jobs.yaml", []byte(jobs), 0o666); err != nil {
		t.Fatal(err)
	}
	plan := call{dir: c.root}.succeed(t, "plan", "jobs.yaml", "plan.json", "--shards", "8", "--slurm", "-q")
	if err := os.WriteFile(c.root+"/submit.sh", []byte(plan.stdout), 0o666); err != nil {
		t.Fatal(err)
	}
	c.run("sh", "submit.sh")

	var line []string
	c.until("task 5 runs", func() bool {
		out := c.run("squeue", "--array", "--noheader", "--states=R", "--format=%K %N %A")
		line = regexp.MustCompile(`(?m)^5 (\S+) (\d+)$`).FindStringSubmatch(out)
		_, err := os.Stat(c.root + "/bin/node")
		return line != nil && err == nil
	})
	c.killNode(line[1], line[2])
	c.until("the array and the merge end", c.idle)
	out := filepath.Join(c.root, "plan.changes.geojson")
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Fatalf("task 2 was killed, and there is a result: %v", err)
	}
	said := call{dir: c.root}.run(t, "merge", "--plan", "plan.json", "--in", "shards", "out.geojson")
	if said.code != 3 || !strings.Contains(said.stderr, "--array=2\n") {
		t.Fatalf("merge ends with %d: %s", said.code, said.stderr)
	}
	c.run("sh", "submit.sh", "2")
	c.until("the second array and merge end", c.idle)
	sameResult(t, "on Slurm", want, out)

	call{dir: c.root}.succeed(t, "run", "--plan", "plan.json", "--shard", "4", "--out", "twice", "-q")
	c.run("diff", "-r", "shards/shard-00004", "twice/shard-00004")
}
