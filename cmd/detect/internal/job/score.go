package job

import (
	"math"

	"passdiff/cmd/detect/internal/output"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// scores writes the score raster on the before grid as the detection goes: NaN, its nodata, where nothing was scored. A nil scores does
// nothing.
type scores struct {
	name   string
	sink   *gdal.Sink
	grid   raster.Window
	row    raster.Window // the row of tiles at work, over the whole grid
	values []float32     // of row
	next   int           // first row not written
	block  raster.Block
	closed bool
}

// newScores begins the score raster at path; it is nil when there is no path.
func (j *Job) newScores(path string, g raster.Grid) (*scores, error) {
	if path == "" {
		return nil, nil
	}
	nan := math.NaN()
	sink, err := gdal.Create(path, g, gdal.CreateOptions{Type: raster.Float32, NoData: &nan, Overviews: "average"})
	if err != nil {
		return nil, output.Failed(j.Score, err)
	}
	return &scores{name: j.Score, sink: sink, grid: g.Window()}, nil
}

// tile is what Detect calls; nil for a nil scores, so that no scores are kept.
func (s *scores) tile() func(*raster.Tile) error {
	if s == nil {
		return nil
	}
	return s.add
}

// add takes the scores of a tile; tiles come in row-major order.
func (s *scores) add(t *raster.Tile) error {
	if t.Window.Y != s.row.Y || s.row.Empty() {
		if err := s.flush(t.Window.Y); err != nil {
			return err
		}
		s.begin(raster.Window{Y: t.Window.Y, W: s.grid.W, H: t.Window.H})
	}
	for y := range t.Window.H {
		copy(s.values[y*s.grid.W+t.Window.X:], t.Data[y*t.Stride:][:t.Window.W])
	}
	return nil
}

// begin makes room for rows that nothing is known of yet.
func (s *scores) begin(w raster.Window) {
	s.row = w
	s.block.Shape(w, 1, raster.Float32)
	s.values = s.block.Data.([]float32)
	for i := range s.values {
		s.values[i] = float32(math.NaN())
	}
}

// flush writes the row of tiles at work and the rows without any up to row y.
func (s *scores) flush(y int) error {
	if !s.row.Empty() {
		if err := s.write(); err != nil {
			return err
		}
	}
	for s.next < y {
		s.begin(raster.Window{Y: s.next, W: s.grid.W, H: min(maskRows, y-s.next)})
		if err := s.write(); err != nil {
			return err
		}
	}
	return nil
}

func (s *scores) write() error {
	err := s.sink.WriteBlock(s.row, &s.block)
	s.next, s.row = s.row.MaxY(), raster.Window{}
	return output.Failed(s.name, err)
}

// close completes the file.
func (s *scores) close() error {
	if s == nil {
		return nil
	}
	if err := s.flush(s.grid.H); err != nil {
		return err
	}
	s.closed = true
	return output.Failed(s.name, s.sink.Close())
}

// abandon frees what scores that were not closed hold.
func (s *scores) abandon() {
	if s != nil && !s.closed {
		s.closed = true
		_ = s.sink.Close() // the file goes with the set
	}
}
