package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
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

// gone is the size of an input that is not there, or of which a change would not show.
const gone = -1

// looker looks at files, at each once.
type looker struct {
	hash bool
	sums once[string]
	dirs once[[]string]
}

func newLooker(hash bool) *looker { return &looker{hash: hash} }

// once remembers what was found for a name, for several goroutines.
type once[T any] struct {
	mu    sync.Mutex
	found map[string]func() (T, error)
}

// get is what find finds; it is called once for each name.
func (o *once[T]) get(name string, find func() (T, error)) (T, error) {
	o.mu.Lock()
	f, ok := o.found[name]
	if !ok {
		if o.found == nil {
			o.found = map[string]func() (T, error){}
		}
		f = sync.OnceValues(find)
		o.found[name] = f
	}
	o.mu.Unlock()
	return f()
}

// look describes an input.
func (l *looker) look(ctx context.Context, what, path string) (input, error) {
	in := input{What: what, Name: filepath.Base(path), Size: gone, path: path}
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return in, nil // detect run says what is wrong with it
	}
	if names, err := namesOthers(path); err != nil || names {
		return in, nil
	}
	in.Size, in.ModTime = st.Size(), st.ModTime().UTC().Format(time.RFC3339Nano)
	if !l.hash {
		return in, nil
	}
	s, err := l.sums.get(path, func() (string, error) { return job.HashFile(ctx, path) })
	switch {
	case errors.Is(err, context.Canceled):
		return in, err
	case err == nil:
		in.SHA256 = &s
	}
	return in, nil
}

// namesOthers reports whether a file is one that says where pixels are, in place of holding them: XML, as a GDAL virtual raster is.
func namesOthers(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, err
	}
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("<")), nil
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
		for _, name := range l.neighbours(named.Path) {
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

// neighbours are the files of the same stem beside one, by name; none where the folder cannot be read.
func (l *looker) neighbours(path string) (names []string) {
	dir, base := filepath.Split(path)
	all, err := l.dirs.get(dir, func() (names []string, err error) {
		entries, err := os.ReadDir(filepath.Clean(dir))
		for _, e := range entries { // sorted
			if !e.IsDir() {
				names = append(names, e.Name())
			}
		}
		return names, err
	})
	if err != nil {
		return nil
	}
	stem := strings.TrimSuffix(base, filepath.Ext(base)) + "."
	first, _ := slices.BinarySearch(all, stem)
	for _, name := range all[first:] {
		if !strings.HasPrefix(name, stem) {
			break
		}
		if name != base {
			names = append(names, name)
		}
	}
	return names
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
			return fmt.Sprintf("%s is no file of this machine, or one that names others, so a change would not show", is[i].What)
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
