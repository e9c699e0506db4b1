package batch

import (
	"bytes"
	"encoding/json"

	"passdiff/cmd/detect/internal/report"
)

// listener takes what a child says: notes of progress are passed on, other notes dropped, all else kept, clipped.
type listener struct {
	clipped
	progress func(part float64) // nil for nobody
	line     []byte             // begun and not ended
}

// longestLine is how much of a line is waited for.
const longestLine = 64 << 10

// Write implements io.Writer.
func (l *listener) Write(p []byte) (int, error) {
	l.line = append(l.line, p...)
	for {
		end := bytes.IndexByte(l.line, '\n') + 1
		if end == 0 && len(l.line) > longestLine {
			end = len(l.line)
		}
		if end == 0 {
			return len(p), nil
		}
		l.take(l.line[:end])
		l.line = l.line[end:]
	}
}

// take takes a whole line.
func (l *listener) take(line []byte) {
	var m report.Line
	if json.Unmarshal(line, &m) != nil || m.Level != "info" {
		l.keep(line)
		return
	}
	if l.progress != nil && m.Total > 0 {
		l.progress(float64(m.Done) / float64(m.Total))
	}
}

// all is what was kept, with the line that has not ended.
func (l *listener) all() []byte { return append(l.clipped.all(), l.line...) }

// clipped keeps the beginning and the end of what it is given.
type clipped struct{ head, tail []byte }

// kept is how many bytes each of them has.
const kept = 16 << 10

// keep adds p.
func (c *clipped) keep(p []byte) {
	n := min(kept-len(c.head), len(p))
	c.head = append(c.head, p[:n]...)
	c.tail = append(c.tail, p[n:]...)
	if over := len(c.tail) - kept; over > 0 {
		c.tail = append(c.tail[:0], c.tail[over:]...)
	}
}

func (c *clipped) all() []byte { return append(bytes.Clone(c.head), c.tail...) }
