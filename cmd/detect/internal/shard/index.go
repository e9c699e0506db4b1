package shard

import (
	"os"
	"strconv"
	"strings"

	"passdiff/cmd/detect/internal/exit"
)

// variables tell a task its number, counted from 0, in the order in which they are looked at: of Slurm, Kubernetes (Indexed Job), AWS Batch,
// Google Batch and PBS. How many tasks there are is in the plan and nowhere else: a second try of two tasks says 2.
var variables = []string{"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX", "BATCH_TASK_INDEX", "PBS_ARRAY_INDEX"}

// Index reads the number of a shard: a number, or auto, which is the first of the variables that is set.
func (p *Plan) Index(text string) (int, error) {
	from := "--shard"
	if text == "auto" {
		text = ""
		for _, name := range variables {
			if v := os.Getenv(name); v != "" {
				text, from = v, name
				break
			}
		}
		if text == "" {
			return 0, exit.Errorf(exit.Usage, "--shard auto: none of %s is set; give the number of the shard", strings.Join(variables, ", "))
		}
	}
	i, err := strconv.Atoi(text)
	if err != nil || i < 0 || i >= len(p.Shards) {
		return 0, exit.Errorf(exit.Usage, "%s: there is no shard %q; the plan has 0 to %d", from, text, len(p.Shards)-1)
	}
	return i, nil
}

// ranges writes numbers, ascending, as a list for --array: 3,17-19.
func ranges(numbers []int) string {
	var out []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		text := strconv.Itoa(numbers[i])
		if k > i {
			text += "-" + strconv.Itoa(numbers[k])
		}
		out = append(out, text)
		i = k + 1
	}
	return strings.Join(out, ",")
}
