package bench

import "strconv"

// Detect is a run of the program detect with a method and so many workers, and otherwise its defaults.
func Detect(name, program, before, after, out, method string, workers int) Command {
	return Command{
		Name: name, Out: out,
		Args: []string{program, "run", before, after, out, "--overwrite", "-q", "--method", method, "-j", strconv.Itoa(workers)},
	}
}
