// Package audit keeps the log of what was released: a line of JSON for each release, only ever appended, each with the SHA-256 of the line
// before it. Whoever changes, drops or moves a line breaks the chain behind it. That lines are missing at the end cannot be seen in the log
// itself: it takes a copy of the head from elsewhere, such as the manifest of a later release.
package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"passdiff/cmd/detect/internal/exit"
)

// Entry is a line of the log.
type Entry struct {
	// N counts lines from 1, and Prev is the SHA-256 of the line before without its line feed, "" for the first. Append fills in both.
	N    int    `json:"n"`
	Prev string `json:"prev"`
	// Event is Released.
	Event string    `json:"event"`
	Time  time.Time `json:"time"`
	// What was released: for whom, which package of theirs, and the SHA-256 of its manifest.
	Partner        string `json:"partner"`
	Sequence       int    `json:"sequence"`
	ManifestSHA256 string `json:"manifest_sha256"`
	// Why it was: plan, policy with what it names, and the keys of those who approved.
	PlanSHA256   string   `json:"plan_sha256"`
	PolicySHA256 string   `json:"policy_sha256"`
	Approvals    []string `json:"approvals"`
	// IDs are the released ids of its features, and Retractions those that it asks to delete.
	IDs         []string `json:"ids"`
	Retractions []string `json:"retractions"`
	// Cells are the sizes of the cells in which features were told, in metres; none when all were exact.
	Cells []int `json:"cells,omitempty"`
	// TornBytes is the length of a line that a stop cut off in front of this one, and that was removed.
	TornBytes int `json:"torn_bytes,omitempty"`
}

// Released is the event of a release.
const Released = "release"

// mostLine is the most bytes of a line: the ids of two million features.
const mostLine = 128 << 20

// Broken is what is wrong with a log. Its error carries exit.Unverified.
type Broken struct {
	Path string
	// Line is the first that does not follow from the one before, counted from 1.
	Line int
	Why  string
}

func (b *Broken) Error() string { return fmt.Sprintf("%s:%d: %s", b.Path, b.Line, b.Why) }

// Chain is a log that was read and whose lines follow from each other.
type Chain struct {
	Entries []Entry
	// Heads are the SHA-256 of the lines.
	Heads []string
	// Torn is the length of what stands behind the last line feed.
	Torn int
	size int64 // up to there
}

// Head is the SHA-256 of the last line; "" for none.
func (c *Chain) Head() string {
	if len(c.Heads) == 0 {
		return ""
	}
	return c.Heads[len(c.Heads)-1]
}

// Has reports whether a line of the log has that SHA-256.
func (c *Chain) Has(head string) bool { return slices.Contains(c.Heads, head) }

// Of are the entries about a partner, in order.
func (c *Chain) Of(partner string) (all []Entry) {
	for _, e := range c.Entries {
		if e.Partner == partner {
			all = append(all, e)
		}
	}
	return all
}

// Read reads a log and follows its chain; one that is not there is empty. A line that is cut off at the end is left to the caller. Errors of the
// chain are a *Broken.
func Read(path string) (*Chain, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &Chain{}, nil
	}
	if err != nil {
		return nil, failed(path, err)
	}
	defer f.Close()
	return follow(path, f)
}

func follow(path string, r io.Reader) (*Chain, error) {
	c := &Chain{}
	broken := func(format string, args ...any) error {
		return exit.With(exit.Unverified, &Broken{path, len(c.Entries) + 1, fmt.Sprintf(format, args...)})
	}
	b := bufio.NewReaderSize(r, 1<<16)
	for {
		line, err := readLine(b)
		switch {
		case errors.Is(err, io.EOF):
			c.Torn = len(line)
			return c, nil
		case errors.Is(err, bufio.ErrTooLong):
			return nil, broken("is longer than %d bytes", mostLine)
		case err != nil:
			return nil, failed(path, err)
		}
		text := bytes.TrimSuffix(line, []byte("\n"))
		var e Entry
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&e); err != nil {
			return nil, broken("is no entry of an audit log: %v", err)
		}
		same, err := e.line()
		switch {
		case err != nil || !bytes.Equal(same, line):
			return nil, broken("is not written as the log writes it")
		case e.N != len(c.Entries)+1:
			return nil, broken("says that it is line %d: lines are missing, or stand in another order", e.N)
		case e.Prev != c.Head():
			return nil, broken("does not follow from the line before: one of them was changed, or lines were put in or taken out")
		}
		s := sha256.Sum256(text)
		c.Entries, c.Heads = append(c.Entries, e), append(c.Heads, hex.EncodeToString(s[:]))
		c.size += int64(len(line))
	}
}

// readLine reads up to a line feed, mostLine bytes at most.
func readLine(b *bufio.Reader) (line []byte, err error) {
	for {
		part, err := b.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > mostLine {
			return nil, bufio.ErrTooLong
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// line is an entry as it stands in a log.
func (e Entry) line() ([]byte, error) {
	e.Time = e.Time.UTC().Truncate(time.Second)
	for _, list := range []*[]string{&e.Approvals, &e.IDs, &e.Retractions} {
		if *list == nil {
			*list = []string{}
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(e)
	return b.Bytes(), err
}

// failed is an error of the file itself.
func failed(path string, err error) error {
	return exit.Errorf(exit.Output, "%s: the audit log cannot be read or written: %w", path, exit.Cause(err))
}
