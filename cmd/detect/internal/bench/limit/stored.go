package main

import (
	"fmt"
	"os"

	"passdiff/cmd/detect/internal/bench"
)

// Names of rows.
const rawBytes = "read the bytes"

func decodeRow(threads int) string { return fmt.Sprintf("decode, %d", threads) }

func detectRow(method string, workers int) string {
	return fmt.Sprintf("detect %s, %d", method, workers)
}

// stored times the main pair in one variant, with 1 and with 2 threads of everything, and returns the table with a line on disturbances.
func (o options) stored(variant string) (string, error) {
	commands := []bench.Command{{Name: rawBytes, Args: []string{"cat", o.pair.Before(variant), o.pair.After(variant)}}}
	for n := 1; n <= 2; n++ {
		commands = append(commands, o.decoding(decodeRow(n), o.pair, variant, n))
	}
	for _, m := range methods {
		for n := 1; n <= 2; n++ {
			commands = append(commands, o.detecting(detectRow(m, n), o.pair, variant, m, n))
		}
	}
	s, err := bench.Alternate(commands, o.runs, os.Stderr)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\n%s\n", storedTable(s), s.Disturbance()), nil
}

// storedTable has a row for each command of stored. Detect with n workers is compared with decoding on n threads.
func storedTable(s bench.Samples) *bench.Table {
	t := bench.NewTable("threads", "wall, s", "CPU, s", "peak, MiB", "wall ÷ decode", "CPU ÷ decode", "wall 1 ÷ 2")
	row := func(name string, more ...any) {
		t.Row(append([]any{name, s.Wall(name), s.CPU(name), s.Peak(name)}, more...)...)
	}
	row(rawBytes, "", "", "")
	row(decodeRow(1), "", "", "")
	row(decodeRow(2), "", "", s.WallRatio(decodeRow(1), decodeRow(2)))
	for _, m := range methods {
		one, two := detectRow(m, 1), detectRow(m, 2)
		row(one, s.WallRatio(one, decodeRow(1)), s.CPURatio(one, decodeRow(1)), "")
		row(two, s.WallRatio(two, decodeRow(2)), s.CPURatio(two, decodeRow(2)), s.WallRatio(one, two))
	}
	return t
}
