package bench

import (
	"fmt"
	"io"
	"time"
)

// Samples are those of each command, by its name, in the order of the rounds.
type Samples map[string][]Sample

// Alternate runs the commands in turn, A B C A B C …: one round to warm up, which does not count, then the rounds asked for. It writes a
// line a run to progress and stops at the first failure.
func Alternate(commands []Command, rounds int, progress io.Writer) (Samples, error) {
	all := Samples{}
	for round := range rounds + 1 {
		for _, c := range commands {
			s, err := c.Run()
			if err != nil {
				return nil, err
			}
			which := fmt.Sprintf("%d/%d", round, rounds)
			if round == 0 {
				which = "warm-up"
			} else {
				all[c.Name] = append(all[c.Name], s)
			}
			fmt.Fprintf(progress, "%-8s %-28s %8.2f s %8.2f s CPU, others %6.2f s %6d MiB %7d features\n", which, c.Name, s.Wall.Seconds(), s.CPU.Seconds(),
				s.Others.Seconds(), s.Peak>>20, s.Features)
		}
	}
	return all, nil
}

// Wall sums up the wall times of a command in seconds.
func (s Samples) Wall(name string) Summary {
	return s.summary(name, func(x Sample) float64 { return x.Wall.Seconds() })
}

// CPU sums up the CPU times of a command in seconds.
func (s Samples) CPU(name string) Summary {
	return s.summary(name, func(x Sample) float64 { return x.CPU.Seconds() })
}

// Peak sums up the peak memory of a command in MiB.
func (s Samples) Peak(name string) Summary {
	return s.summary(name, func(x Sample) float64 { return float64(x.Peak) / (1 << 20) })
}

// Features is the number of features that the last run of a command wrote.
func (s Samples) Features(name string) int {
	runs := s[name]
	return runs[len(runs)-1].Features
}

// WallRatio sums up the wall time of command over that of another in the same round.
func (s Samples) WallRatio(command, other string) Summary {
	return s.ratio(command, other, func(x Sample) time.Duration { return x.Wall })
}

// CPURatio sums up the CPU time of command over that of another in the same round.
func (s Samples) CPURatio(command, other string) Summary {
	return s.ratio(command, other, func(x Sample) time.Duration { return x.CPU })
}

func (s Samples) summary(name string, of func(Sample) float64) Summary {
	var values []float64
	for _, x := range s[name] {
		values = append(values, of(x))
	}
	return Summarise(values)
}

func (s Samples) ratio(command, other string, of func(Sample) time.Duration) Summary {
	var values []float64
	for i, x := range s[command] {
		values = append(values, float64(of(x))/float64(of(s[other][i])))
	}
	return Summarise(values)
}
