package job

import (
	"fmt"

	"passdiff/change"
	"passdiff/raster"
)

// mostlyChanged is the share of the observed pixels called changed from which most of the scene may have changed: where 60 % did, on drawn and
// on real ground, auto finds 30 to 55 %; of pairs in which a fifth or less is labelled changed it finds 20 % at most, but for colour imagery of
// other seasons.
const mostlyChanged = 0.25

// warnings gathers and reports what a person should know of the result. What the scenes say of how they are stored is reported here and
// stands in the machine's part of the record.
func (j *Job) warnings(in *opened, f fitted, s change.Summary) []string {
	passes, m := in.passes, f.Model
	all := append(j.inputWarnings(passes, f.pair, in.aois), f.registered.warnings()...)
	if j.Model != "" {
		all = append(all, "the model comes from a file: its numbers were fitted on another run, perhaps on another pair")
	} else {
		all = append(all, m.Warnings...)
	}
	if s.Observed == 0 && m.Sample.Measured > 0 {
		all = append(all, "no pixel is measured in both passes; nothing could be observed")
	}
	if share := float64(s.Kept) / float64(max(s.Observed, 1)); share >= mostlyChanged {
		all = append(all, fmt.Sprintf("%.0f %% of what was observed is called changed: perhaps most of the scene changed, and what methods compare with, the ground that stayed the same, is not what they took for it; look at the result", 100*share))
	}
	j.warnAll(passes, all)
	return all
}

// inputWarnings are what a person should know of the pair before a pixel is looked at.
func (j *Job) inputWarnings(passes [2]pass, pair *raster.Pair, aois zones) (all []string) {
	for _, p := range passes {
		all = append(all, p.warnings...)
	}
	if j.sameFile() {
		all = append(all, "both passes are the same file")
	}
	if whole := passes[0].Info().Grid.Window(); pair.Window != whole {
		share := 100 * float64(pair.Window.Pixels()) / float64(whole.Pixels())
		all = append(all, fmt.Sprintf("the passes overlap on %.1f %% of before; the rest is not observed", share))
	}
	all = append(all, j.areaWarnings(aois, pair.Window)...)
	if b, a := passes[0].at, passes[1].at; b.Known && a.Known && a.Value.Before(b.Value) {
		all = append(all, "after was acquired before before; are the passes swapped")
	}
	return all
}

// sameFile reports whether both passes are one file, whatever the paths to it.
func (j *Job) sameFile() bool { return identity(j.Before) == identity(j.After) }

// warnAll reports what the scenes say of how they are stored, and then all else.
func (j *Job) warnAll(passes [2]pass, all []string) {
	for _, p := range passes {
		for _, s := range p.scenes() {
			for _, w := range s.Warnings() {
				j.Report.Warn("%s", w)
			}
		}
	}
	for _, w := range all {
		j.Report.Warn("%s", w)
	}
}
