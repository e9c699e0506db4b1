package release

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/parcel"
)

// outcome is a package on its way to the disk: a folder, and maybe an encrypted tar beside it, under other names until appear.
type outcome struct {
	dir  string
	step func(what string) error

	// again says that this build was stopped between the log and the names: then the folder may have its name already.
	again bool
	// there says that the folder has its name already, and sealedThere that the tar has.
	there, sealedThere bool

	temp   string // of the folder
	sealed string // of the tar; "" for none
}

// part is what temporary names have behind that of the package.
const part = ".part-"

// sealedName is what the name of an encrypted package has behind that of the folder.
const sealedName = ".tar.age"

// chunk is how many bytes are written between two steps.
const chunk = 1 << 16

// write writes the files of the package into a folder under another name, down to the disk.
func (o *outcome) write(files []parcel.File) error {
	o.dir = filepath.Clean(o.dir)
	for _, name := range []string{o.dir, o.dir + sealedName} {
		if _, err := os.Lstat(name); err == nil {
			if o.again && name == o.dir && same(name, files) {
				o.there = true
				continue
			}
			if o.there && name != o.dir { // the tar appears behind the folder, so that it is of this package
				o.sealedThere = true
				continue
			}
			return exit.Errorf(exit.Output, "%s: exists; name another folder, as a release is never replaced", name)
		}
	}
	if err := o.clear(); err != nil {
		return o.failed(err)
	}
	if err := o.at("make the folder"); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(o.dir), "."+filepath.Base(o.dir)+part+"*")
	if err != nil {
		return o.failed(err)
	}
	o.temp = temp
	if err := os.Chmod(temp, 0o750); err != nil {
		return o.failed(err)
	}
	for _, f := range files {
		if err := o.file(filepath.Join(temp, f.Name), f.Data); err != nil {
			return err
		}
	}
	return o.sync(temp)
}

// same reports whether a folder holds these files.
func same(dir string, files []parcel.File) bool {
	for _, f := range files {
		if data, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || !bytes.Equal(data, f.Data) {
			return false
		}
	}
	return true
}

// seal writes the encrypted package beside the folder, under another name, unless it is there.
func (o *outcome) seal(data []byte) error {
	if o.sealedThere {
		return nil
	}
	o.sealed = o.temp + sealedName
	return o.file(o.sealed, data)
}

// file writes a file down to the disk.
func (o *outcome) file(path string, data []byte) error {
	if err := o.at("make a file"); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return o.failed(err)
	}
	for err == nil && len(data) > 0 {
		if err = o.at("write a file"); err != nil {
			break
		}
		n := min(len(data), chunk)
		_, err = f.Write(data[:n])
		data = data[n:]
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return o.failed(err)
	}
	return nil
}

// appear gives the package its name, the folder first: whoever waits for the tar finds both.
func (o *outcome) appear() error {
	if !o.there {
		if err := o.at("name the folder"); err != nil {
			return err
		}
		if err := os.Rename(o.temp, o.dir); err != nil {
			return o.failed(err)
		}
		o.temp = ""
	}
	if o.sealed != "" {
		if err := o.at("name the tar"); err != nil {
			return err
		}
		if err := os.Rename(o.sealed, o.dir+sealedName); err != nil {
			return o.failed(err)
		}
		o.sealed = ""
	}
	return o.sync(filepath.Dir(o.dir))
}

// abort removes what has not got its name.
func (o *outcome) abort() {
	if o.temp != "" {
		_ = os.RemoveAll(o.temp) // what is left is removed by the next build
	}
	if o.sealed != "" {
		os.Remove(o.sealed)
	}
}

// clear removes what builds of this package that were killed have left.
func (o *outcome) clear() error {
	entries, err := os.ReadDir(filepath.Dir(o.dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+filepath.Base(o.dir)+part) {
			if err := os.RemoveAll(filepath.Join(filepath.Dir(o.dir), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *outcome) sync(dir string) error {
	if err := o.at("sync a folder"); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		return o.failed(err)
	}
	return nil
}

func (o *outcome) at(what string) error {
	if o.step == nil {
		return nil
	}
	return o.step(what)
}

// failed is an error of writing the package.
func (o *outcome) failed(err error) error {
	return exit.Errorf(exit.Output, "%s: cannot be written: %w", o.dir, exit.Cause(err))
}
