package report

import (
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/cheggaaa/pb/v3"
)

// interval is the time between two lines of progress where there is no terminal.
const interval = 30 * time.Second

// Progress is the way to a total. A nil Progress is ready and shows nothing.
type Progress struct {
	r     *Reporter
	what  string
	total int64
	done  atomic.Int64
	stop  chan struct{}
	ended chan struct{}
}

// bar is the bar on a terminal; nil is none.
type bar struct {
	*pb.ProgressBar
	out io.Writer
}

// clear blanks the bar's line, so that a message can stand there.
func (b *bar) clear() {
	if b != nil {
		fmt.Fprint(b.out, "\r\x1b[2K")
	}
}

// Progress begins to show the way to total. The caller ends it with Done.
func (r *Reporter) Progress(what string, total int64) *Progress {
	if r.Quiet || r.Out == nil {
		return nil
	}
	p := &Progress{r: r, what: what, total: total, stop: make(chan struct{}), ended: make(chan struct{})}
	if r.Terminal && !r.JSON {
		b := pb.New64(total).SetWriter(r.Out).SetRefreshRate(200 * time.Millisecond)
		b.SetTemplateString(what + ` {{percent . }} {{bar . }} {{rtime . "%s left"}}`)
		b.Set(pb.Terminal, true)
		b.Set(pb.CleanOnFinish, true)
		r.mu.Lock()
		r.bar = &bar{b.Start(), r.Out}
		r.mu.Unlock()
		close(p.ended)
		return p
	}
	go p.lines()
	return p
}

func (p *Progress) lines() {
	defer close(p.ended)
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			done := p.done.Load()
			p.r.write(Line{Level: "info", Msg: fmt.Sprintf("%s %d %%", p.what, 100*done/max(1, p.total)), Done: done, Total: p.total}, "")
		case <-p.stop:
			return
		}
	}
}

// Set tells how much of the total is done.
func (p *Progress) Set(done int64) {
	if p == nil {
		return
	}
	p.done.Store(done)
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	if p.r.bar != nil {
		p.r.bar.SetCurrent(done)
	}
}

// Done takes the progress away. A second Done does nothing.
func (p *Progress) Done() {
	if p == nil || p.r == nil {
		return
	}
	close(p.stop)
	<-p.ended
	p.r.mu.Lock()
	defer p.r.mu.Unlock()
	if p.r.bar != nil {
		p.r.bar.Finish()
		p.r.bar = nil
	}
	*p = Progress{}
}
