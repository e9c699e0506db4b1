package assess

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// The size of the characters of the one font, and of a line of text.
const (
	charWidth  = 7
	lineHeight = 16
	baseline   = 12 // from the top of a line
)

// canvas is a picture that is drawn on.
type canvas struct{ *image.RGBA }

func newCanvas(width, height int) canvas {
	c := canvas{image.NewRGBA(image.Rect(0, 0, width, height))}
	draw.Draw(c, c.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return c
}

// text writes a line whose upper left corner is at (x, y). What the font lacks becomes a question mark.
func (c canvas) text(x, y int, s string) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	d := font.Drawer{Dst: c, Src: image.NewUniform(ink), Face: basicfont.Face7x13, Dot: fixed.P(x, y+baseline)}
	d.DrawString(s)
}

// fill fills a rectangle.
func (c canvas) fill(r image.Rectangle, col color.RGBA) {
	draw.Draw(c, r, image.NewUniform(col), image.Point{}, draw.Src)
}

// frame draws the sides of a rectangle inside it, two pixels wide.
func (c canvas) frame(r image.Rectangle, col color.RGBA) {
	const wide = 2
	c.fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+wide), col)
	c.fill(image.Rect(r.Min.X, r.Max.Y-wide, r.Max.X, r.Max.Y), col)
	c.fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+wide, r.Max.Y), col)
	c.fill(image.Rect(r.Max.X-wide, r.Min.Y, r.Max.X, r.Max.Y), col)
}

// line draws a line, width pixels wide, clipped to a rectangle.
func (c canvas) line(clip image.Rectangle, x0, y0, x1, y1 float64, width int, col color.RGBA) {
	n := int(math.Ceil(2*math.Hypot(x1-x0, y1-y0))) + 1
	for i := range n + 1 {
		t := float64(i) / float64(n)
		x, y := int(math.Floor(x0+t*(x1-x0)))-width/2, int(math.Floor(y0+t*(y1-y0)))-width/2
		c.fill(image.Rect(x, y, x+width, y+width).Intersect(clip), col)
	}
}

// arrow draws an arrow with a dark rim, so that it shows on any ground; a very short one is a dot.
func (c canvas) arrow(clip image.Rectangle, x0, y0, x1, y1 float64, col color.RGBA) {
	const head, open = 7, 0.45 // pixels, radians
	direction := math.Atan2(y1-y0, x1-x0)
	for _, stroke := range []struct {
		width int
		col   color.RGBA
	}{{4, ink}, {2, col}} {
		c.line(clip, x0, y0, x1, y1, stroke.width, stroke.col)
		if math.Hypot(x1-x0, y1-y0) < head {
			continue
		}
		for _, turn := range []float64{open, -open} {
			c.line(clip, x1, y1, x1-head*math.Cos(direction+turn), y1-head*math.Sin(direction+turn), stroke.width, stroke.col)
		}
	}
}

// cross marks a place at which nothing is known.
func (c canvas) cross(clip image.Rectangle, x, y float64) {
	const arm = 3
	for _, stroke := range []struct {
		width int
		col   color.RGBA
	}{{3, ink}, {1, paper}} {
		c.line(clip, x-arm, y-arm, x+arm, y+arm, stroke.width, stroke.col)
		c.line(clip, x-arm, y+arm, x+arm, y-arm, stroke.width, stroke.col)
	}
}
