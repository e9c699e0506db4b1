package assess

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"strings"

	"passdiff/change/register"
	"passdiff/cmd/detect/internal/job"
	"passdiff/raster"
)

// The picture: four panels with titles, the lower ones with legends, under a line that names the pair and the verdict.
const (
	panelSide  = 640 // of the longer side of the overview, in pixels
	leastPanel = 330 // width that legends need
	gutter     = 16
	legendRows = 3
)

var (
	ink     = color.RGBA{30, 30, 30, 255}
	paper   = color.RGBA{255, 255, 255, 255}
	noData  = color.RGBA{70, 70, 70, 255}
	arrows  = color.RGBA{255, 220, 60, 255}
	outline = [2]color.RGBA{{30, 90, 220, 255}, {230, 110, 0, 255}} // of before and of after
)

// classes are the colours of coverage and what they mean.
var classes = []struct {
	class job.OverviewClass
	name  string
	col   color.RGBA
}{
	{job.Measured, "observed", color.RGBA{150, 195, 150, 255}},
	{job.NotMeasured, "nodata", noData},
	{job.MaskedOut, "masked", color.RGBA{95, 145, 225, 255}},
	{job.NeverWritten, "missing", color.RGBA{200, 60, 160, 255}},
	{job.OutsideArea, "outside AOI", color.RGBA{222, 216, 196, 255}},
}

// picture draws a report with its overview.
type picture struct {
	canvas
	*Report
	zoom          int // pixels of the picture a cell of the overview is wide
	width, height int // of a panel
}

// writePicture writes the picture as a PNG.
func (r *Report) writePicture(w io.Writer) error {
	v := r.Overview
	p := picture{Report: r, zoom: max(1, panelSide/max(v.Width, v.Height))}
	p.width, p.height = max(v.Width*p.zoom, leastPanel), v.Height*p.zoom
	columns := (gutter + 2*p.width) / charWidth
	verdict := wrap(Line(r.Verdict, r.Reasons), columns)
	head := (1 + len(verdict)) * lineHeight
	row := lineHeight + p.height + gutter
	p.canvas = newCanvas(3*gutter+2*p.width, gutter+head+gutter/2+2*row+legendRows*lineHeight)
	p.text(gutter, gutter, short(strings.Join(r.Before.Files, ",")+" against "+strings.Join(r.After.Files, ","), columns))
	for i, line := range verdict {
		p.text(gutter, gutter+(1+i)*lineHeight, line)
	}
	top := gutter + head + gutter/2
	for i, draw := range []func(at image.Point){p.before, p.after, p.shifts, p.coverage} {
		draw(image.Pt(gutter+i%2*(p.width+gutter), top+i/2*row))
	}
	return png.Encode(w, p.canvas)
}

// wrap breaks a text into lines of at most n characters, between words where they are not longer.
func wrap(text string, n int) (lines []string) {
	for _, word := range strings.Fields(text) {
		if k := len(lines) - 1; k >= 0 && len([]rune(lines[k]+" "+word)) <= n {
			lines[k] += " " + word
			continue
		}
		lines = append(lines, short(word, n))
	}
	return lines
}

// short cuts a text to so many characters.
func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-3]) + "..."
	}
	return s
}

// panel titles a panel and gives the rectangle of its overview.
func (p *picture) panel(at image.Point, title string) image.Rectangle {
	p.text(at.X, at.Y, short(title, p.width/charWidth))
	return image.Rect(0, 0, p.Overview.Width*p.zoom, p.Overview.Height*p.zoom).Add(at).Add(image.Pt(0, lineHeight))
}

// legend writes a line of the legend under a panel.
func (p *picture) legend(in image.Rectangle, row int, text string) {
	p.text(in.Min.X, in.Max.Y+2+row*lineHeight, short(text, p.width/charWidth))
}

// cells paints each cell of the overview.
func (p *picture) cells(in image.Rectangle, col func(i int) color.RGBA) {
	v := p.Overview
	for i := range v.Classes {
		x, y := in.Min.X+i%v.Width*p.zoom, in.Min.Y+i/v.Width*p.zoom
		p.fill(image.Rect(x, y, x+p.zoom, y+p.zoom), col(i))
	}
}

func (p *picture) before(at image.Point) {
	p.pass(p.panel(at, "before"+on(p.Before.Acquired)), 0)
}

func (p *picture) after(at image.Point) {
	title := "after" + on(p.After.Acquired)
	if p.Registration.Shift != nil {
		title += ", moved onto before"
	}
	p.pass(p.panel(at, title), 1)
}

// pass draws what both passes cover of one of them, and its edge where they lie differently.
func (p *picture) pass(in image.Rectangle, pass int) {
	p.cells(in, p.scene(pass))
	if v := p.Overview; v.Passes[0] != v.Passes[1] {
		p.frame(p.rectangle(in, v.Passes[pass]), outline[pass])
	}
}

// on is the day of a time.
func on(at *string) string {
	if at == nil {
		return ""
	}
	day, _, _ := strings.Cut(*at, "T")
	return ", " + day
}

// The quantiles of the cells between which a colour is stretched.
const (
	darkest   = 0.02
	brightest = 0.98
)

// scene gives the colours of a pass, each stretched by itself: gains and offsets do not show.
func (p *picture) scene(pass int) func(i int) color.RGBA {
	var low, scale [3]float64
	planes := p.Overview.Colours[pass]
	for k, plane := range planes {
		seen := slices.DeleteFunc(slices.Clone(plane), func(v float32) bool { return v != v })
		if len(seen) == 0 {
			continue
		}
		slices.Sort(seen)
		n := float64(len(seen) - 1)
		low[k] = float64(seen[int(darkest*n)])
		scale[k] = 255 / max(float64(seen[int(brightest*n)])-low[k], math.SmallestNonzeroFloat32)
	}
	return func(i int) color.RGBA {
		if !p.seen(pass, i) {
			if p.Overview.Classes[i] == job.NotCovered {
				return paper
			}
			return noData
		}
		var v [3]uint8
		for k := range v {
			v[k] = uint8(min(max((float64(planes[k][i])-low[k])*scale[k], 0), 255))
		}
		return color.RGBA{v[0], v[1], v[2], 255}
	}
}

// seen reports whether a pass has a colour in a cell.
func (p *picture) seen(pass, cell int) bool {
	v := p.Overview.Colours[pass][0][cell]
	return v == v
}

// shifts draws the shift of after from before, as the passes came, over a pale before.
func (p *picture) shifts(at image.Point) {
	in := p.panel(at, "shift of after from before")
	scene := p.scene(0)
	p.cells(in, func(i int) color.RGBA {
		c := scene(i)
		if !p.seen(0, i) {
			return c
		}
		grey := uint8((2*int(c.R) + 3*int(c.G) + int(c.B)) / 6)
		pale := 70 + grey/2
		return color.RGBA{pale, pale, pale, 255}
	})
	m := p.Registration.Report
	if m == nil || len(m.Windows) == 0 {
		p.legend(in, 0, "not measured")
		return
	}
	scale := p.arrowScale(m.Windows)
	vague := false
	for _, w := range m.Windows {
		x, y := p.place(in, float64(w.X), float64(w.Y))
		if !w.Used {
			p.cross(in, x, y)
			vague = true
			continue
		}
		p.arrow(in, x, y, x+scale*w.DX, y+scale*w.DY, arrows)
	}
	p.reference(in, scale)
	if m.Bias != nil {
		p.legend(in, 1, "whole scene "+pixels(*m.Bias)+" (columns, rows)")
	}
	if vague {
		p.legend(in, 2, "x: windows that show no clear shift")
	}
}

// place is where a pixel of the frame lies in a panel.
func (p *picture) place(in image.Rectangle, x, y float64) (px, py float64) {
	v := p.Overview
	s := float64(p.zoom) / float64(v.Step)
	return float64(in.Min.X) + (x-float64(v.Frame.X)+0.5)*s, float64(in.Min.Y) + (y-float64(v.Frame.Y)+0.5)*s
}

// arrowScale is how many pixels of the picture a pixel of shift is long: 1, 2 or 5 times a power of ten, so that the longest arrow spans about
// half a window, or what arrows need to be seen.
func (p *picture) arrowScale(windows []register.Window) float64 {
	const leastRoom = 30
	longest, room := 0.05, float64(leastRoom)
	for _, w := range windows {
		room = max(room, float64(w.Size*p.zoom)/float64(2*p.Overview.Step))
		if w.Used {
			longest = max(longest, math.Hypot(w.DX, w.DY))
		}
	}
	return roundDown(room / longest)
}

// roundDown is the largest of 1, 2 and 5 times a power of ten that is not above v.
func roundDown(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{5, 2} {
		if n*power <= v {
			return n * power
		}
	}
	return power
}

// reference draws an arrow of known length into the legend.
func (p *picture) reference(in image.Rectangle, scale float64) {
	const room = 60 // pixels
	length := roundDown(room / scale)
	y := float64(in.Max.Y + 2 + lineHeight/2)
	x := float64(in.Min.X + 2)
	p.arrow(p.canvas.Bounds(), x, y, x+length*scale, y, arrows)
	p.text(in.Min.X+2+int(length*scale)+10, in.Max.Y+2, fmt.Sprintf("%g px", length))
}

// coverage draws what was looked at, and where the passes lie if that differs.
func (p *picture) coverage(at image.Point) {
	v := p.Overview
	in := p.panel(at, "what was observed, of what both cover")
	var counts [256]int
	both := 0
	for _, c := range v.Classes {
		counts[c]++
		if c != job.NotCovered {
			both++
		}
	}
	colours := map[job.OverviewClass]color.RGBA{job.NotCovered: paper}
	var entries []entry
	for _, c := range classes {
		colours[c.class] = c.col
		if n := counts[c.class]; n > 0 {
			entries = append(entries, entry{c.col, c.name + " " + percent(float64(n)/float64(max(1, both)))})
		}
	}
	p.cells(in, func(i int) color.RGBA { return colours[v.Classes[i]] })
	if v.Passes[0] != v.Passes[1] {
		for i, w := range v.Passes {
			p.frame(p.rectangle(in, w), outline[i])
			entries = append(entries, entry{outline[i], []string{"edge of before", "edge of after"}[i]})
		}
	}
	p.entries(in, entries)
}

// rectangle is where a window of the frame lies in a panel.
func (p *picture) rectangle(in image.Rectangle, w raster.Window) image.Rectangle {
	x0, y0 := p.place(in, float64(w.X)-0.5, float64(w.Y)-0.5)
	x1, y1 := p.place(in, float64(w.MaxX())-0.5, float64(w.MaxY())-0.5)
	return image.Rect(int(x0), int(y0), int(math.Ceil(x1)), int(math.Ceil(y1))).Intersect(in)
}

// entry is a colour and what it means.
type entry struct {
	col  color.RGBA
	text string
}

// entries writes a legend of colours, as many to a line as fit.
func (p *picture) entries(in image.Rectangle, all []entry) {
	const box = 10
	x, y := in.Min.X, in.Max.Y+2
	for _, e := range all {
		wide := box + 6 + len(e.text)*charWidth + 14
		if x > in.Min.X && x+wide > in.Min.X+p.width {
			x, y = in.Min.X, y+lineHeight
		}
		p.fill(image.Rect(x, y+3, x+box, y+3+box), e.col)
		p.text(x+box+6, y, e.text)
		x += wide
	}
}
