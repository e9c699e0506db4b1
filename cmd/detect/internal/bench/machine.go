package bench

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Machine says in a line on what was measured: the CPU, how many of it, and what the program detect says of itself, of GDAL and of Go.
func Machine(detect string) (string, error) {
	said, err := exec.Command(detect, "version").Output()
	if err != nil {
		return "", fmt.Errorf("%s version: %w", detect, err)
	}
	return fmt.Sprintf("%s, %d CPUs, %s", cpu(), runtime.NumCPU(), strings.TrimSpace(string(said))), nil
}

// cpu is the name of the CPU as Linux knows it; the architecture where it does not.
func cpu() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// Versions lists Debian packages with their versions, "gdal-bin 3.6.2, otb-bin 8.1.1"; what is not installed from one is left out.
func Versions(packages ...string) string {
	var known []string
	for _, p := range packages {
		version, err := exec.Command("dpkg-query", "-W", "-f", "${Version}", p).Output()
		if err == nil && len(version) > 0 {
			known = append(known, p+" "+string(version))
		}
	}
	return strings.Join(known, ", ")
}
