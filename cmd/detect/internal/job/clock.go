package job

import (
	"math"
	"time"
)

// clock times the stages of a job. The zero value has none yet.
type clock struct {
	last   time.Time
	stages []stageTime
}

// stageTime is what a stage took, wall time.
type stageTime struct {
	Stage   string  `json:"stage"`
	Seconds float64 `json:"seconds"`
}

// start begins the first stage.
func (c *clock) start() { *c = clock{last: time.Now()} }

// of is what a stage took, in seconds; 0 when it was not done.
func (c *clock) of(stage string) float64 {
	for _, s := range c.stages {
		if s.Stage == stage {
			return s.Seconds
		}
	}
	return 0
}

// done ends a stage and begins the next.
func (c *clock) done(stage string) {
	now := time.Now()
	c.stages = append(c.stages, stageTime{stage, math.Round(now.Sub(c.last).Seconds()*1e4) / 1e4})
	c.last = now
}
