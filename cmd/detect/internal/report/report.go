// Package report tells a person at a terminal, or a log, what a command is doing. Everything goes to one stream, standard error:
// standard output is for data.
//
// A message is lower case without a full stop: the input, the fact, the way out. A warning says what may be wrong with the result. On a
// terminal progress is a bar; elsewhere it is a plain line every half minute.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// Reporter writes messages. It is safe for concurrent use. Its zero value drops everything.
type Reporter struct {
	// Out receives the lines.
	Out io.Writer
	// JSON writes each line as an object with time, level and msg.
	JSON bool
	// Quiet drops notes and progress; warnings and errors stay.
	Quiet bool
	// Terminal says that Out is one.
	Terminal bool

	mu  sync.Mutex
	bar *bar
}

// Note tells what was done.
func (r *Reporter) Note(format string, args ...any) {
	if !r.Quiet {
		r.line("info", "", format, args...)
	}
}

// Warn tells what may be wrong with the result.
func (r *Reporter) Warn(format string, args ...any) { r.line("warning", "warning: ", format, args...) }

// Error tells why the command failed.
func (r *Reporter) Error(format string, args ...any) { r.line("error", "error: ", format, args...) }

// Line is a message as JSON.
type Line struct {
	Time  string `json:"time"`
	Level string `json:"level"` // info, warning or error
	Msg   string `json:"msg"`
	// Done of Total are in lines of progress only.
	Done  int64 `json:"done,omitempty"`
	Total int64 `json:"total,omitempty"`
}

func (r *Reporter) line(level, prefix, format string, args ...any) {
	r.write(Line{Level: level, Msg: fmt.Sprintf(format, args...)}, prefix)
}

func (r *Reporter) write(l Line, prefix string) {
	if r.Out == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.JSON {
		l.Time = time.Now().UTC().Format(time.RFC3339)
		b, err := json.Marshal(l)
		if err == nil {
			fmt.Fprintf(r.Out, "%s\n", b)
		}
		return
	}
	r.bar.clear()
	fmt.Fprintf(r.Out, "%s%s\n", prefix, l.Msg)
}
