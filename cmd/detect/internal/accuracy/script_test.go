package accuracy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestScript compares with an independent script, score.py in numpy and scipy, on the pairs of up to 200,000 pixels; with
// PASSDIFF_LONG on all. The script lies beside the folder of pairs, PASSDIFF_DATA.
func TestScript(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	data := os.Getenv("PASSDIFF_DATA")
	if data == "" {
		data = filepath.Join(root, "..", "shared", "data")
	}
	script := filepath.Join(data, "..", "score.py")
	if _, err := os.Stat(script); err != nil {
		t.Skipf("no script to compare with: %v", err)
	}
	all, err := Find(data)
	if err != nil {
		t.Skip(err)
	}
	var names []string
	var outcomes []*Outcome
	for _, p := range all {
		_, grid, err := ReadClasses(t.Context(), p.truth())
		if err != nil {
			t.Fatal(err)
		}
		if p.Delivered || grid.Window().Pixels() > 200_000 && os.Getenv("PASSDIFF_LONG") == "" {
			continue
		}
		o, err := Chain{}.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		names, outcomes = append(names, p.Name), append(outcomes, o)
	}
	checkScript(t, runScript(t.Context(), t, script, data, names), outcomes)
}

// runScript returns what the script prints of some pairs for a detect built from this module.
func runScript(ctx context.Context, t *testing.T, script, data string, names []string) string {
	t.Helper()
	dir := t.TempDir()
	detect, goals, list := filepath.Join(dir, "detect"), filepath.Join(dir, "goals.json"), filepath.Join(dir, "pairs.json")
	chosen, err := json.Marshal(names)
	if err := errors.Join(err, os.WriteFile(goals, []byte("{}"), 0o644), os.WriteFile(list, chosen, 0o644)); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", detect, "./cmd/detect")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-W", "ignore", script, detect, data, goals, list)
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "No module named") {
		t.Skipf("%s", out)
	} else if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

// columnNamed is the position of a column.
func columnNamed(name string) int {
	for i, c := range columns {
		if c.name == name {
			return i
		}
	}
	panic("no column " + name)
}

// checkScript wants the script's lines to say what summarise does, to the script's three decimals.
func checkScript(t *testing.T, out string, outcomes []*Outcome) {
	t.Helper()
	near := func(got, want, tolerance float64) bool { return math.Abs(got-want) <= tolerance }
	lines := strings.Split(strings.TrimSpace(out), "\n")
	rows := map[string]row{}
	for _, r := range summarise(outcomes) {
		rows[strings.Trim(r.name, "*")] = r
	}
	checked := 0
	for _, line := range lines[:len(lines)-1] {
		var name string
		var v [5]float64
		if _, err := fmt.Sscanf(line, "%s F1 %f object recall %f object precision %f matched at 10 %%: %f / %f", &name, &v[0], &v[1], &v[2], &v[3], &v[4]); err != nil {
			t.Errorf("%q: %v", line, err)
			continue
		}
		for i, measure := range []string{"F1", "object recall", "object precision", "matched recall", "matched precision"} {
			column := columnNamed(measure)
			if m := rows[name].means; m == nil || !near(m[column], v[i], 0.000501) {
				t.Errorf("%s: %s %v, the script says %v", name, measure, m, v[i])
			}
		}
		checked++
	}
	if checked != len(rows) {
		t.Errorf("%d of %d rows compared:\n%s", checked, len(rows), out)
	}
	_, alarm, _ := strings.Cut(lines[len(lines)-1], "false alarm ")
	var n int
	var share float64
	if _, err := fmt.Sscanf(alarm, "on %d empty pairs %f", &n, &share); err != nil {
		t.Fatalf("%q: %v", alarm, err)
	}
	shares := falseAlarms(outcomes)
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	if len(shares) != n || n == 0 || !near(sum/float64(n), share, 0.0000501) {
		t.Errorf("flagged on pairs without change: %v, the script says %d pairs, %v", shares, n, share)
	}
}
