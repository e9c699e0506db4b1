package main

import (
	"fmt"
	"os"

	"passdiff/cmd/detect/internal/bench"
)

// grownRow is the name of what is done with a pair, by 2 threads.
func grownRow(p bench.Pair, what string) string { return p.Name() + " " + what }

// growth times the main pair and the others in alternation with each other, with 2 threads, and returns the table with a line on
// disturbances.
func (o options) growth(variant string) (string, error) {
	pairs := append([]bench.Pair{o.pair}, o.grown...)
	var commands []bench.Command
	for _, p := range pairs {
		commands = append(commands, o.decoding(grownRow(p, "decode"), p, variant, 2))
		for _, m := range methods {
			commands = append(commands, o.detecting(grownRow(p, m), p, variant, m, 2))
		}
	}
	s, err := bench.Alternate(commands, o.runs, os.Stderr)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s\n%s\n", growthTable(s, pairs), s.Disturbance()), nil
}

// growthTable has a row for each pair and method.
func growthTable(s bench.Samples, pairs []bench.Pair) *bench.Table {
	t := bench.NewTable("pixels", "changed, %", "", "wall, s", "ns a pixel", "peak, MiB", "wall ÷ decode", "features")
	for _, p := range pairs {
		decode := grownRow(p, "decode")
		row := func(what string, more ...any) {
			name := grownRow(p, what)
			wall := s.Wall(name)
			t.Row(append([]any{p.Size.Text(), 100 * p.Changed, what, wall, fmt.Sprintf("%.1f", wall.Median*1e9/float64(p.Size.Pixels())), s.Peak(name)}, more...)...)
		}
		row("decode", "", "")
		for _, m := range methods {
			name := grownRow(p, m)
			row(m, s.WallRatio(name, decode), s.Features(name))
		}
	}
	return t
}
