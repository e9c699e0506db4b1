package job

import (
	"strings"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// Values of the mask raster.
const (
	maskUnchanged   = 0
	maskChanged     = 1
	maskNotObserved = 255
)

// maskRows is the number of rows written at once: a row of the file's tiles.
const maskRows = 512

// mask writes the mask raster on the before grid as the detection goes: regions and unmeasured runs wait until their rows are final. A nil
// mask does nothing.
type mask struct {
	name   string
	temp   string // the name that the sink knows
	sink   *gdal.Sink
	grid   raster.Window
	seen   raster.Window // the pair's window
	area   *raster.Area  // the part of it that was looked at; nil for all
	next   int           // first row not written
	waits  map[int32][]painted
	block  raster.Block
	closed bool
}

type painted struct {
	raster.Run
	value uint8
}

// newMask begins the mask raster at path; it is nil when there is no path.
func (j *Job) newMask(path string, g raster.Grid, window raster.Window, area *raster.Area) (*mask, error) {
	if path == "" {
		return nil, nil
	}
	unobserved := float64(maskNotObserved)
	m := &mask{name: j.Mask, temp: path, grid: g.Window(), seen: window, area: area, waits: map[int32][]painted{}}
	var err error
	if m.sink, err = gdal.Create(path, g, gdal.CreateOptions{Type: raster.Uint8, NoPredictor: true, NoData: &unobserved, Overviews: "mode"}); err != nil {
		return nil, m.failed(err)
	}
	return m, nil
}

// failed is an error of the sink under the name that the user gave.
func (m *mask) failed(err error) error {
	if err == nil {
		return nil
	}
	cause := err.Error()
	for _, prefix := range []string{m.temp + ": ", "cannot be created: ", "cannot be written: "} {
		cause = strings.TrimPrefix(cause, prefix)
	}
	return exit.Errorf(exit.Output, "%s: cannot be written: %s", m.name, cause)
}

// paint marks runs with a value.
func (m *mask) paint(value uint8, runs ...raster.Run) {
	if m == nil {
		return
	}
	for _, r := range runs {
		m.waits[r.Y] = append(m.waits[r.Y], painted{r, value})
	}
}

// final writes the rows of tiles that end at row y or above; y ≥ the grid's height writes all.
func (m *mask) final(y int) error {
	if m == nil {
		return nil
	}
	for end := m.next + maskRows; end <= y || y >= m.grid.H && m.next < m.grid.H; end += maskRows {
		if err := m.write(min(end, m.grid.H)); err != nil {
			return m.failed(err)
		}
	}
	return nil
}

// write writes the rows from next to end.
func (m *mask) write(end int) error {
	w := raster.Window{Y: m.next, W: m.grid.W, H: end - m.next}
	m.block.Shape(w, 1, raster.Uint8)
	values := m.block.Data.([]uint8)
	for y := w.Y; y < end; y++ {
		row := values[(y-w.Y)*w.W:][:w.W]
		fill(row, maskNotObserved)
		switch {
		case m.area != nil:
			for _, r := range m.area.Row(y) {
				fill(row[r.X0:r.X1], maskUnchanged)
			}
		case y >= m.seen.Y && y < m.seen.MaxY():
			fill(row[m.seen.X:m.seen.MaxX()], maskUnchanged)
		}
		for _, p := range m.waits[int32(y)] {
			fill(row[p.X0:p.X1], p.value)
		}
		delete(m.waits, int32(y))
	}
	m.next = end
	return m.sink.WriteBlock(w, &m.block)
}

func fill(row []uint8, v uint8) {
	for i := range row {
		row[i] = v
	}
}

// close completes the file.
func (m *mask) close() error {
	if m == nil {
		return nil
	}
	if err := m.final(m.grid.H); err != nil {
		return err
	}
	m.block, m.waits = raster.Block{}, nil
	m.closed = true
	return m.failed(m.sink.Close())
}

// abandon frees what a mask that was not closed holds.
func (m *mask) abandon() {
	if m != nil && !m.closed {
		m.closed = true
		_ = m.sink.Close() // the file goes with the set
	}
}
