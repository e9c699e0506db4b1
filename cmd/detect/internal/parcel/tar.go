package parcel

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The layout of a tar.
const (
	tarBlock  = 512
	tarRecord = 20 * tarBlock // stock tar fills up to a multiple of it
)

// Tar writes files as a tar, by name, with the time created. The same files give the same bytes. It panics when a name or the number of files is not
// that of a package.
func Tar(files []File, created time.Time) []byte {
	if err := checkNames(names(files)); err != nil {
		panic("parcel: tar: " + err.Error())
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range sorted(files) {
		h := tar.Header{Format: tar.FormatUSTAR, Typeflag: tar.TypeReg, Name: f.Name, Size: int64(len(f.Data)), Mode: 0o644, ModTime: created.UTC().Truncate(time.Second)}
		err := w.WriteHeader(&h)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err != nil {
			panic("parcel: tar: " + err.Error()) // nothing but the above can go wrong in memory
		}
	}
	if err := w.Close(); err != nil {
		panic("parcel: tar: " + err.Error())
	}
	return b.Bytes()
}

// untar reads a tar of plain files with flat names, as stock tar and Tar write it, whole. Everything else is an error: folders, links, sparse files,
// extended headers, bytes behind the end.
func untar(data []byte) ([]File, error) {
	var files []File
	for {
		if len(data) < tarBlock {
			return nil, errors.New("the tar is cut off")
		}
		head := data[:tarBlock]
		if zero(head) {
			if len(data) < 2*tarBlock || len(data) > tarRecord || len(data)%tarBlock != 0 || !zero(data) {
				return nil, errors.New("the tar does not end as tars do: two or more blocks of zeros, and nothing behind them")
			}
			return files, checkNames(names(files))
		}
		data = data[tarBlock:]
		name, size, err := tarHeader(head)
		if err != nil {
			return nil, err
		}
		padded := (size + tarBlock - 1) / tarBlock * tarBlock
		if padded > len(data) {
			return nil, fmt.Errorf("the tar is cut off in %s", name)
		}
		if !zero(data[size:padded]) {
			return nil, fmt.Errorf("there are bytes behind the end of %s", name)
		}
		if files = append(files, File{name, data[:size:size]}); len(files) > MaxFiles {
			return nil, fmt.Errorf("more than %d files", MaxFiles)
		}
		data = data[padded:]
	}
}

// tarHeader reads the header of a plain file.
func tarHeader(h []byte) (name string, size int, err error) {
	text := func(from, to int) (string, bool) {
		s, rest, _ := strings.Cut(string(h[from:to]), "\x00")
		return s, strings.Trim(rest, "\x00") == ""
	}
	name, ok := text(0, 100)
	link, _ := text(157, 257)
	prefix, _ := text(345, 500)
	switch kind := h[156]; {
	case !ok || checkNames([]string{name}) != nil || prefix != "":
		return "", 0, fmt.Errorf("the name %.80q in the tar is not allowed: a package is flat, with names of up to %d letters, digits, and . _ - between them", prefix+name, MaxName)
	case kind != '0' && kind != 0 || link != "":
		return "", 0, fmt.Errorf("%s is not a regular file in the tar", name)
	}
	if magic := string(h[257:265]); magic != "ustar\x0000" && magic != "ustar  \x00" {
		return "", 0, fmt.Errorf("the header of %s is not that of a tar", name)
	}
	sum := 0
	for i, c := range h {
		if i >= 148 && i < 156 {
			c = ' '
		}
		sum += int(c)
	}
	if want, ok := octal(h[148:156]); !ok || want != sum {
		return "", 0, fmt.Errorf("the header of %s has another check sum", name)
	}
	size, ok = octal(h[124:136])
	if !ok || size > MaxFile {
		return "", 0, fmt.Errorf("%s has no size, or one above %d bytes", name, MaxFile)
	}
	return name, size, nil
}

// octal reads a number of a header.
func octal(field []byte) (int, bool) {
	s := strings.Trim(string(field), " \x00")
	n, err := strconv.ParseUint(s, 8, 40)
	return int(n), err == nil
}

func zero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
