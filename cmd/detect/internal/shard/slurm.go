package shard

import (
	"fmt"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/report"
)

// Slurm is a script that submits the shards as an array, and a merge that waits until all have ended, however: it finds out itself which are
// missing. plan is the file of the plan, out the folder of the shards.
func (p *Plan) Slurm(plan, out string) string {
	stem := strings.TrimSuffix(plan, filepath.Ext(plan))
	result := stem + ".changes.geojson"
	if len(p.Pairs) > 1 {
		result = stem + ".changes"
	}
	return fmt.Sprintf(`#!/bin/sh
# %d shards. To run some again: sh this 3,17. A shard that is done is left as it is.
set -eu
array=$(sbatch --parsable --array="${1:-0-%d}" --cpus-per-task=1 --requeue --open-mode=append --signal=B:TERM@120 <<'TASK'
#!/bin/sh
exec detect run --plan %s --shard auto --out %s -j "${SLURM_CPUS_PER_TASK:-1}" -q
TASK
)
sbatch --parsable --dependency="afterany:$array" <<'MERGE'
#!/bin/sh
%sexec detect merge --plan %s --in %s %s --overwrite -q
MERGE
`, len(p.Shards), len(p.Shards)-1, report.Quoted(plan), report.Quoted(out), p.makeFolder(result), report.Quoted(plan), report.Quoted(out), report.Quoted(result))
}

// makeFolder is the line that makes the folder for the outputs of several pairs.
func (p *Plan) makeFolder(path string) string {
	if len(p.Pairs) < 2 {
		return ""
	}
	return "mkdir -p " + report.Quoted(path) + "\n"
}
