package gdal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"passdiff/raster/gdal/internal/tiffdir"
)

// prefix is how the names of subdatasets and web addresses begin; one letter is a Windows drive.
var prefix = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+.-]+:`)

// remote reports whether GDAL would not open path as a plain file of that name.
func remote(path string) bool {
	if strings.HasPrefix(path, "/vsi") {
		return true
	}
	if !prefix.MatchString(path) {
		return false
	}
	_, err := os.Stat(path)
	return err != nil
}

// plain is the name under which GDAL is given a local file: one that cannot be taken for anything but a file's name.
func plain(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return "." + string(filepath.Separator) + path
}

// inspect looks at the local file at path without GDAL: it must be a non-empty regular file. For a TIFF it returns its first
// directory and the layout of its blocks, otherwise nil and, unless otherFormats are allowed, an error. Errors do not name the file.
func inspect(path string, otherFormats bool) (fs.FileInfo, *tiffdir.Dir, *tiffdir.Layout, error) {
	fail := func(err error) (fs.FileInfo, *tiffdir.Dir, *tiffdir.Layout, error) {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, nil, nil, err
	}
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return fail(err)
	case st.IsDir():
		return fail(errors.New("is a folder; name the GeoTIFF inside it"))
	case !st.Mode().IsRegular():
		return fail(errors.New("is not a regular file; copy it to a file first"))
	case st.Size() == 0:
		return fail(errors.New("is empty (0 bytes); copy or download it again"))
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	head := make([]byte, min(64, st.Size()))
	if _, err := io.ReadFull(f, head); err != nil {
		return fail(err)
	}
	if !tiffdir.Is(head) {
		if otherFormats {
			return st, nil, nil, nil
		}
		return fail(fmt.Errorf("is not a TIFF but %s", kind(head)))
	}
	dir, err := tiffdir.Read(f, st.Size())
	if err != nil {
		return fail(fmt.Errorf("%w; copy or download it again", err))
	}
	if err := checkHeader(dir); err != nil {
		return fail(err)
	}
	layout, err := dir.Scan()
	if err != nil {
		return fail(fmt.Errorf("%w; copy or download it again", err))
	}
	return st, dir, layout, nil
}

// kind says what a file that is no TIFF seems to be, from its first bytes, and the way out.
func kind(head []byte) string {
	const convert = "convert it with gdal_translate, or allow its format with --driver"
	text := strings.TrimSpace(strings.ToValidUTF8(strings.TrimPrefix(string(head), "\ufeff"), ""))
	switch {
	case strings.HasPrefix(text, "<VRTDataset"):
		return "a VRT, which points at other files; write it out with gdal_translate, or allow it with --driver VRT"
	case strings.HasPrefix(strings.ToLower(text), "<!doctype html"), strings.HasPrefix(strings.ToLower(text), "<html"):
		return "a web page, as failed downloads leave behind; download it again"
	case strings.HasPrefix(text, "version https://git-lfs"):
		return "a Git LFS pointer; run git lfs pull"
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		return "a zip archive; unpack it"
	case strings.HasPrefix(string(head), "\x1f\x8b"):
		return "gzip data; unpack it"
	case len(head) > 8 && string(head[4:8]) == "jP  ":
		return "JPEG 2000; convert it with gdal_translate, or allow it with --driver JP2OpenJPEG"
	case len(head) > 4 && string(head[1:4]) == "PNG", strings.HasPrefix(string(head), "\xff\xd8\xff"):
		return "a PNG or JPEG picture; " + convert
	case strings.HasPrefix(string(head), "\x89HDF"), strings.HasPrefix(string(head), "CDF"):
		return "HDF5 or netCDF; " + convert
	case strings.Trim(string(head), "\x00") == "":
		return "only zeros, as failed copies leave behind; copy or download it again"
	}
	binary := func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }
	if !strings.ContainsFunc(text, binary) {
		line, _, _ := strings.Cut(text, "\n")
		return fmt.Sprintf("text beginning %q; %s", truncate(strings.TrimSpace(line), 24), convert)
	}
	return "of an unknown kind; " + convert
}

func truncate(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// sidecars are the endings of the files that GDAL would use beside NAME.tif: after the whole name, and in place of the extension.
var sidecars = struct{ after, instead []string }{
	after:   []string{".aux.xml", ".ovr"},
	instead: []string{".aux", ".tfw", ".tifw", ".tiffw", ".wld", ".rpb", "_rpc.txt", "_metadata.txt", ".tab", ".imd", ".j2w"},
}

func exists(path string) bool {
	st, err := os.Stat(path)
	return err == nil && !st.IsDir()
}

// sidecarsOf lists the files beside path, without folder, that would change what GDAL says of it, apart from its mask. They are
// looked for in lower and upper case.
func sidecarsOf(path string) []string {
	folder, name := filepath.Split(path)
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	var candidates, found []string
	for _, e := range sidecars.after {
		candidates = append(candidates, name+e, name+strings.ToUpper(e))
	}
	for _, e := range sidecars.instead {
		candidates = append(candidates, stem+e, stem+strings.ToUpper(e))
	}
	var seen []os.FileInfo
	for _, c := range candidates {
		st, err := os.Stat(folder + c)
		if err != nil || st.IsDir() || slices.ContainsFunc(seen, func(o os.FileInfo) bool { return os.SameFile(o, st) }) {
			continue
		}
		seen = append(seen, st)
		found = append(found, c)
	}
	return found
}
