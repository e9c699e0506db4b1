package register

// Far reports that the passes clearly lie further apart than can be mended.
func (r *Report) Far() bool { return r.Bias != nil && !r.Bias.Within(MaxShift) && len(r.Warnings) > 0 }

// Known reports that enough windows are clear to speak for the scene.
func (r *Report) Known() bool { return r.Bias != nil && r.enough() }

// Alike reports that the clear windows tell the same shift, beside a trend.
func (r *Report) Alike() bool { return r.agrees() }

// Matters reports that the shift is longer than what moving AFTER would cost.
func (r *Report) Matters() bool { return r.Bias != nil && r.Bias.length() >= leastShift }
