package shard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/job"
)

// doneSchema names the layout of a done record.
const doneSchema = "passdiff-shard/1"

// doneName is the file of a shard that is written last.
const doneName = "done.json"

// done is the record of a shard that is finished.
type done struct {
	Schema string     `json:"schema"`
	Plan   string     `json:"plan_sha256"`
	Shard  int        `json:"shard"`
	Items  []itemDone `json:"items"`
}

// itemDone is what an item found, and its files.
type itemDone struct {
	Item
	Part  job.Part `json:"part"`
	Files files    `json:"files"`
}

// files are those of an item.
type files = job.PartFiles[file]

// file is a file of a shard as its done record knows it.
type file struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// folder is where a shard leaves its files.
func folder(dir string, shard int) string {
	return filepath.Join(dir, fmt.Sprintf("shard-%05d", shard))
}

// readDone reads the done record of a shard; nil when there is none. It refuses one of another plan or shard.
func (p *Plan) readDone(dir string, shard int) (*done, error) {
	path := filepath.Join(folder(dir, shard), doneName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	d := new(done)
	r := json.NewDecoder(bytes.NewReader(data))
	r.DisallowUnknownFields()
	if err := r.Decode(d); err != nil || d.Schema != doneSchema {
		return nil, exit.Errorf(exit.Unverified, "%s: is not a done record; remove the folder and run the shard again", path)
	}
	if d.Plan != p.sum || d.Shard != shard || len(d.Items) != len(p.Shards[shard].Items) {
		return nil, exit.Errorf(exit.Unverified, "%s: is of another plan or shard; give the plan a folder of its own, or remove this one", path)
	}
	for i, item := range d.Items {
		if item.Item != p.Shards[shard].Items[i] || item.Part.Rows != item.Rows {
			return nil, exit.Errorf(exit.Unverified, "%s: has other rows than the plan; remove the folder and run the shard again", path)
		}
	}
	return d, nil
}

// files are those of an item.
func (i itemDone) files() []file {
	return []file{i.Files.Features, i.Files.Fragments, i.Files.Blind, i.Files.Changed}
}

// whole is an error when a file of the shard is not what it wrote.
func (d *done) whole(folder string) error {
	for _, item := range d.Items {
		for _, f := range item.files() {
			if err := f.check(folder); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted passes bytes on and remembers how many there were, and their hash.
type counted struct {
	name string
	to   io.Writer
	n    int64
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
}

func newCounted(name string, to io.Writer) *counted {
	return &counted{name: name, to: to, hash: sha256.New()}
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	_, _ = c.hash.Write(b[:n]) // a hash takes all
	return n, err
}

func (c *counted) file() file { return file{c.name, c.n, hex.EncodeToString(c.hash.Sum(nil))} }

// path is where the file lies.
func (f file) path(folder string) string { return filepath.Join(folder, filepath.Base(f.Name)) }

// check refuses a file that is not the one of the record.
func (f file) check(folder string) error {
	path := f.path(folder)
	in, err := os.Open(path)
	if err != nil {
		return exit.Errorf(exit.Unverified, "%s: cannot be read, although its shard is done: %w; run the shard again", path, exit.Cause(err))
	}
	defer in.Close()
	c := newCounted(f.Name, io.Discard)
	if _, err := io.Copy(c, in); err != nil {
		return exit.With(exit.Input, err)
	}
	if c.file() != f {
		return exit.Errorf(exit.Unverified, "%s: is not what its shard wrote; run the shard again", path)
	}
	return nil
}
