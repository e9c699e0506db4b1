package job

import (
	"sync"
	"sync/atomic"

	"passdiff/change"
)

// batchSize is the number of regions that one goroutine makes into features at a time: some milliseconds of work.
const batchSize = 64

// batch is a stretch of regions on their way to the file.
type batch struct {
	regions []*change.Region
	done    chan struct{} // closed when the rest is there

	features []drafted
	left     left
	err      error
}

// drafters make features on several goroutines and hand them on in the order in which their regions came.
type drafters struct {
	todo, order chan *batch
	all         sync.WaitGroup
	failed      atomic.Pointer[error] // the first, in order
}

// newDrafters starts workers and a goroutine that calls write with the features of one batch after the other, and how many regions were
// left out, until a batch or write fails. The first worker takes what it needs of one; the others make their own.
func newDrafters(one *drafter, workers int, write func([]drafted, left) error) *drafters {
	d := &drafters{todo: make(chan *batch, workers), order: make(chan *batch, 2*workers)}
	for i := range workers {
		d.all.Go(func() {
			own := one
			var err error
			if i > 0 {
				own, err = one.another()
			}
			for b := range d.todo {
				if err != nil {
					b.err = err
				} else {
					b.features, b.left, b.err = own.drafts(b.regions)
				}
				close(b.done)
			}
			if err == nil && i > 0 {
				own.place.close()
			}
		})
	}
	d.all.Go(func() {
		for b := range d.order {
			<-b.done
			if d.err() != nil {
				continue
			}
			err := b.err
			if err == nil {
				err = write(b.features, b.left)
			}
			if err != nil {
				d.failed.Store(&err)
			}
		}
	})
	return d
}

// put hands regions over; the error may be that of earlier ones.
func (d *drafters) put(regions []*change.Region) error {
	if err := d.err(); err != nil {
		return err
	}
	b := &batch{regions: regions, done: make(chan struct{})}
	d.order <- b
	d.todo <- b
	return nil
}

func (d *drafters) err() error {
	if err := d.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// close waits until all that was put is written.
func (d *drafters) close() error {
	close(d.todo)
	close(d.order)
	d.all.Wait()
	return d.err()
}
