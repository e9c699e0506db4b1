package parcel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"golang.org/x/sys/unix"

	"passdiff/cmd/detect/internal/exit"
)

// maxSealed is the most bytes of an encrypted package: age adds 16 for each 64 KiB, and a header.
const maxSealed = MaxPackage + MaxPackage/4096 + 1<<20

// load reads the files of a package: a folder, a tar, or an encrypted tar.
func load(path string, identities []age.Identity) ([]File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	case info.IsDir():
		return loadDir(path)
	case !info.Mode().IsRegular():
		return nil, errors.New("is neither a folder nor a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	defer f.Close()
	data, err := readAll(f, maxSealed)
	if err != nil {
		return nil, err
	}
	return unpack(data, identities)
}

// unpack reads a tar, or an encrypted tar.
func unpack(data []byte, identities []age.Identity) (files []File, err error) {
	switch {
	case bytes.HasPrefix(data, []byte(ageHead)):
		if data, err = decrypt(data, identities); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(data, []byte("-----BEGIN AGE")):
		return nil, errors.New("is encrypted as text; encrypt without -a")
	}
	if len(data) > MaxPackage {
		return nil, fmt.Errorf("is larger than %d bytes", MaxPackage)
	}
	return untar(data)
}

// loadDir reads a folder of plain files. What is no plain file, or lies deeper, is an error.
func loadDir(path string) ([]File, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	defer dir.Close()
	list, err := dir.Readdirnames(MaxFiles + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, exit.Errorf(exit.Input, "%s: %w", path, exit.Cause(err))
	}
	if err := checkNames(list); err != nil {
		return nil, err
	}
	left := int64(MaxPackage)
	var files []File
	for _, name := range list {
		data, err := loadFile(dir, name, min(left, MaxFile))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, exit.Cause(err))
		}
		left -= int64(len(data))
		files = append(files, File{name, data})
	}
	return sorted(files), nil
}

// loadFile reads a file of a folder, without following links or waiting for what is no file.
func loadFile(dir *os.File, name string, most int64) ([]byte, error) {
	fd, err := unix.Openat(int(dir.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ELOOP) {
		return nil, errors.New("is a symbolic link")
	}
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file; a package is flat")
	}
	return readAll(f, most)
}

// readAll reads what has at most that many bytes.
func readAll(f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > most {
		return nil, fmt.Errorf("has %d bytes, and %d are allowed", info.Size(), most)
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("has more than %d bytes", most)
	}
	return data, err
}
