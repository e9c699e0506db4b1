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

// done ends a stage and begins the next.
func (c *clock) done(stage string) {
	now := time.Now()
	c.stages = append(c.stages, stageTime{stage, math.Round(now.Sub(c.last).Seconds()*1e4) / 1e4})
	c.last = now
}
