package bench

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Size is the size of a pair in pixels.
type Size struct{ Width, Height int }

// ParseSize reads "10240", a square, or "10240x40960", width by height.
func ParseSize(s string) (Size, error) {
	w, h, both := strings.Cut(s, "x")
	if !both {
		h = w
	}
	width, err1 := strconv.Atoi(w)
	height, err2 := strconv.Atoi(h)
	if err1 != nil || err2 != nil || width < 1 || height < 1 {
		return Size{}, fmt.Errorf("size %q: give pixels, like 10240 or 10240x40960", s)
	}
	return Size{width, height}, nil
}

// String is what ParseSize reads.
func (s Size) String() string {
	if s.Width == s.Height {
		return strconv.Itoa(s.Width)
	}
	return fmt.Sprintf("%dx%d", s.Width, s.Height)
}

// Text is the size for people, "10240 × 10240".
func (s Size) Text() string { return fmt.Sprintf("%d × %d", s.Width, s.Height) }

// Pixels is the number of pixels of one pass.
func (s Size) Pixels() int64 { return int64(s.Width) * int64(s.Height) }

// UsualChange is the changed share of pixels that file names leave out.
const UsualChange = 0.002

// Pair names a synthetic pair: the same name is the same pixels.
type Pair struct {
	Dir  string // folder of its files
	Size Size
	// Changed is the share of pixels that changed objects cover.
	Changed float64
}

// Name is the first part of the pair's file names, "s10240".
func (p Pair) Name() string {
	if p.Changed == UsualChange {
		return "s" + p.Size.String()
	}
	return fmt.Sprintf("s%v_changed%g", p.Size, p.Changed)
}

// Before is the path of the before pass, stored as variant says: DIR/s10240_before_deflate.tif.
func (p Pair) Before(variant string) string { return p.file("before_" + variant) }

// After is the path of the after pass.
func (p Pair) After(variant string) string { return p.file("after_" + variant) }

// Truth is the path of the truth raster: 0 unchanged, 1 changed, 255 not observed in one of the passes.
func (p Pair) Truth() string { return p.file("truth") }

func (p Pair) file(end string) string { return filepath.Join(p.Dir, p.Name()+"_"+end+".tif") }
