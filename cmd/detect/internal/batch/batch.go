// Package batch runs the pairs of a file of jobs, each in a process of its own, and does again only what is not done yet.
//
// A folder holds one batch: for each pair the files that detect run writes and, written last, the state by which a later run knows what
// they were made of; batch.json, which says how each pair ended; and combined.geojson, all detections. Every file appears whole or not at all.
package batch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/jobs"
	"passdiff/cmd/detect/internal/output"
	"passdiff/cmd/detect/internal/report"
)

// Batch is what is to be run, and how. Jobs, Dir, Exe, Name, Program and Report are needed.
type Batch struct {
	Jobs *jobs.File
	// Dir is the folder of the outputs.
	Dir string
	// Share says how many pairs run at once, and what each of them may use.
	Share Share
	// ByTime tells changed inputs by size and modification time, not by SHA-256.
	ByTime bool

	// Exe is the program of which detect run is a command, Name what it was called as, Env the environment of the children.
	Exe, Name string
	Env       []string
	// Program is the version of detect.
	Program string
	// Report receives messages and progress.
	Report *report.Reporter
}

// Task is a pair and what is to be done about it.
type Task struct {
	jobs.Pair
	// Why says why the pair is to be run; "" when its outputs are up to date.
	Why string

	now  state  // what running it would be recorded as
	old  *state // what is recorded; nil for nothing that can be read
	size int64  // bytes of its inputs
}

// Plan looks at the inputs and at what is done, and changes nothing.
func (b *Batch) Plan(ctx context.Context) ([]Task, error) {
	tasks := make([]Task, len(b.Jobs.Pairs))
	look := newLooker(!b.ByTime)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(cores)
	for i, p := range b.Jobs.Pairs {
		g.Go(func() error {
			t := Task{Pair: p}
			var err error
			if t.now, err = b.current(ctx, look, p); err != nil {
				return err
			}
			for _, in := range t.now.Inputs {
				t.size += in.Size
			}
			t.old = readState(b.stateName(p))
			t.Why, err = b.why(ctx, t)
			tasks[i] = t
			return err
		})
	}
	return tasks, g.Wait()
}

// Run does what Plan says and writes batch.json and combined.geojson. The error has the code Partly when pairs were refused or failed;
// those that did not stand all the same.
func (b *Batch) Run(ctx context.Context) error {
	if err := os.MkdirAll(b.Dir, 0o777); err != nil {
		return exit.Errorf(exit.Output, "%s: cannot be made: %w", b.Dir, exit.Cause(err))
	}
	lock, err := lockFolder(ctx, b.Dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := b.clean(); err != nil {
		return err
	}
	tasks, err := b.Plan(ctx)
	if err != nil {
		return stopped(ctx, err, 0, len(b.Jobs.Pairs))
	}
	entries, done, err := b.runAll(ctx, lock, tasks)
	if err != nil {
		return stopped(ctx, err, done, len(tasks))
	}
	combined, err := b.combine(ctx, entries)
	if err != nil {
		return stopped(ctx, err, done, len(tasks))
	}
	return b.finish(entries, combined)
}

// clean makes the folders of the pairs and removes what a killed batch left behind in them.
func (b *Batch) clean() error {
	// What else lies in the folder of the batch may be somebody else's work.
	stale := []struct{ dir, prefix string }{{b.Dir, recordName}, {b.Dir, strings.TrimSuffix(combinedName, "geojson")}}
	seen := map[string]bool{}
	for _, p := range b.Jobs.Pairs {
		if dir := filepath.Dir(p.Out(b.Dir)); !seen[dir] {
			seen[dir] = true
			stale = append(stale, struct{ dir, prefix string }{dir, ""})
		}
	}
	for _, s := range stale {
		if err := os.MkdirAll(s.dir, 0o777); err != nil {
			return exit.Errorf(exit.Output, "%s: cannot be made: %w", s.dir, exit.Cause(err))
		}
		if err := output.RemoveStale(s.dir, s.prefix); err != nil {
			return err
		}
	}
	return nil
}

// runAll runs what is to be run and returns an entry for each pair, and how many are settled.
func (b *Batch) runAll(ctx context.Context, lock *os.File, tasks []Task) (entries []entry, settled int, err error) {
	entries = make([]entry, len(tasks))
	var todo []int
	var total int64
	for i, t := range tasks {
		if t.Why == "" {
			entries[i] = t.old.Entry
			entries[i].Before, entries[i].After = t.Before, t.After // perhaps seen from elsewhere
			continue
		}
		todo = append(todo, i)
		total += t.size + 1
	}
	settled = len(tasks) - len(todo)
	if settled > 0 {
		b.Report.Note("%d of %d pairs are up to date", settled, len(tasks))
	}
	share := b.Share.forPairs(len(todo))
	progress := b.Report.Progress(fmt.Sprintf("%d pairs", len(todo)), total)
	defer progress.Done()
	var mu sync.Mutex
	var ended int64            // bytes of inputs of pairs that have
	running := map[int]int64{} // of the parts that are done of those that have not
	advance := func() {
		all := ended
		for _, part := range running {
			all += part
		}
		progress.Set(all)
	}
	var g errgroup.Group
	g.SetLimit(share.Jobs)
	for _, i := range todo {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			t := tasks[i]
			e, err := b.runOne(ctx, lock, share, t, func(part float64) {
				mu.Lock()
				defer mu.Unlock()
				running[i] = int64(part * float64(t.size))
				advance()
			})
			if err != nil || ctx.Err() != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			entries[i] = e
			settled++
			delete(running, i)
			ended += t.size + 1
			advance()
			b.tell(settled, len(tasks), e)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, settled, err
	}
	return entries, settled, ctx.Err()
}

// tell reports how a pair ended. On a terminal the bar says how far the batch is, and only what went wrong has a line.
func (b *Batch) tell(settled, all int, e entry) {
	switch {
	case e.Status == failed:
		b.Report.Warn("%s failed: %s; to run it alone: %s", e.Name, *e.Why, e.Machine.Command)
	case e.Status == refused:
		b.Report.Warn("%s is refused: %s", e.Name, *e.Why)
	case !b.Report.Terminal || b.Report.JSON:
		b.Report.Note("%d of %d: %s: %d candidates", settled, all, e.Name, e.Counts.Features)
	}
}

// finish writes batch.json, and says how many pairs ended how.
func (b *Batch) finish(entries []entry, c combined) error {
	r := b.newRecord(entries, c)
	name := filepath.Join(b.Dir, recordName)
	if err := writeJSON(name, r); err != nil {
		return err
	}
	n := r.Counts
	b.Report.Note("%d pairs with candidates, %d without; %d candidates written to %s", n.Done, n.Nothing, c.Features, filepath.Join(b.Dir, combinedName))
	if bad := n.Refused + n.Failed; bad > 0 {
		return exit.Errorf(exit.Partly, "%d of %d pairs have no result: %d refused, %d failed; %s says why, and the same command tries them again", bad, len(entries), n.Refused, n.Failed, name)
	}
	return nil
}

// stopped says of a batch that a signal ended how far it came.
func stopped(ctx context.Context, err error, done, all int) error {
	if !errors.Is(err, context.Canceled) || ctx.Err() == nil {
		return err
	}
	return exit.Stopped{Left: fmt.Sprintf("%d of %d pairs are done, and the same command goes on from there", done, all)}
}
