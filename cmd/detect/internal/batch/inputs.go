package batch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"passdiff/cmd/detect/internal/job"
	"passdiff/cmd/detect/internal/jobs"
)

// input is a file that a pair reads, as it was.
type input struct {
	// What names its part in the pair, Name is the file's without folders, by which features know a pass.
	What string `json:"what"`
	Name string `json:"name"`
	Size int64  `json:"size"`
	// ModTime is "" and Size −1 for what is not a file of this machine, or not there.
	ModTime string  `json:"mtime"`
	SHA256  *string `json:"sha256"`

	path string
}

// gone is the size of an input that is not there.
const gone = -1

// looker looks at files, at each once.
type looker struct {
	hash bool
	mu   sync.Mutex
	seen map[string]func() (string, error)
}

func newLooker(hash bool) *looker {
	return &looker{hash: hash, seen: map[string]func() (string, error){}}
}

// look describes an input.
func (l *looker) look(ctx context.Context, what, path string) (input, error) {
	in := input{What: what, Name: filepath.Base(path), Size: gone, path: path}
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return in, nil // detect run says what is wrong with it
	}
	in.Size, in.ModTime = st.Size(), st.ModTime().UTC().Format(time.RFC3339Nano)
	if !l.hash {
		return in, nil
	}
	l.mu.Lock()
	sum, ok := l.seen[path]
	if !ok {
		sum = sync.OnceValues(func() (string, error) { return job.HashFile(ctx, path) })
		l.seen[path] = sum
	}
	l.mu.Unlock()
	s, err := sum()
	switch {
	case errors.Is(err, context.Canceled):
		return in, err
	case err == nil:
		in.SHA256 = &s
	}
	return in, nil
}

// beside are the endings of files beside an input that detect run reads, too: masks and STAC items of rasters, the parts of a Shapefile and the log
// of a GeoPackage.
var beside = []string{".msk", ".json", ".dbf", ".shx", ".prj", ".cpg", "-wal"}

// inputs are the files that a pair reads, those beside the named ones too; with sidecars every file of the same stem may be one.
func (l *looker) inputs(ctx context.Context, p jobs.Pair) (all []input, err error) {
	for _, named := range p.Inputs() {
		in, err := l.look(ctx, named.What, named.Path)
		if err != nil {
			return nil, err
		}
		all = append(all, in)
		if in.Size == gone {
			continue
		}
		names, err := neighbours(named.Path)
		if err != nil {
			continue
		}
		for _, name := range names {
			if p.Option("sidecars") != "true" && !slices.ContainsFunc(beside, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) }) {
				continue
			}
			side, err := l.look(ctx, named.What+" "+name, filepath.Join(filepath.Dir(named.Path), name))
			if err != nil {
				return nil, err
			}
			all = append(all, side)
		}
	}
	return all, nil
}

// neighbours are the files of the same stem beside one, by name.
func neighbours(path string) (names []string, err error) {
	base := filepath.Base(path)
	stem := strings.TrimSuffix(base, filepath.Ext(base)) + "."
	entries, err := fs.ReadDir(os.DirFS(filepath.Dir(path)), ".")
	for _, e := range entries {
		if name := e.Name(); name != base && strings.HasPrefix(name, stem) && !e.IsDir() {
			names = append(names, name)
		}
	}
	return names, err
}

// difference says which input is not as it was; "" when all are.
func difference(was, is []input, byTime bool) string {
	for i := range max(len(was), len(is)) {
		switch {
		case i >= len(is):
			return fmt.Sprintf("%s is not there any more", was[i].What)
		case i >= len(was) || was[i].What != is[i].What || was[i].Name != is[i].Name:
			return fmt.Sprintf("%s is another file", is[i].What)
		case is[i].Size == gone:
			return fmt.Sprintf("%s is not a file of this machine, so a change would not show", is[i].What)
		case was[i].Size != is[i].Size, byTime && was[i].ModTime != is[i].ModTime:
			return fmt.Sprintf("%s has changed", is[i].What)
		case !byTime && (was[i].SHA256 == nil || is[i].SHA256 == nil):
			return fmt.Sprintf("%s was not hashed", is[i].What)
		case !byTime && *was[i].SHA256 != *is[i].SHA256:
			return fmt.Sprintf("%s has changed", is[i].What)
		}
	}
	return ""
}

// changed reports whether a file is another one than when it was looked at.
func (in input) changed() bool {
	st, err := os.Stat(in.path)
	if in.Size == gone {
		return false
	}
	return err != nil || st.Size() != in.Size || st.ModTime().UTC().Format(time.RFC3339Nano) != in.ModTime
}
