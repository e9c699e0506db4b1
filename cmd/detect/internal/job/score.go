package job

import (
	"math"

	"passdiff/cmd/detect/internal/output"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// scoreTile is the side of the score raster's tiles. A row of them is in memory, so they are smaller than the mask's, whose pixels take a
// quarter of the room.
const scoreTile = 256

// scores writes the score raster on the before grid as the detection goes: NaN, its nodata, where nothing was measured or
// asked about. A nil scores does nothing.
type scores struct {
	name   string
	sink   *gdal.Sink
	grid   raster.Window
	row    raster.Window // what of the row of tiles at work is not written, up to the grid's edge
	block  raster.Block
	closed bool
}

// newScores begins the score raster at path; it is nil when there is no path.
func (j *Job) newScores(path string, g raster.Grid) (*scores, error) {
	if path == "" {
		return nil, nil
	}
	nan := math.NaN()
	sink, err := gdal.Create(path, g, gdal.CreateOptions{Type: raster.Float32, Tile: scoreTile, NoData: &nan, Overviews: "average"})
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
	w := t.Window
	if w.Y >= s.row.MaxY() {
		if err := s.begin(w.Y, w.H); err != nil {
			return err
		}
	}
	if err := s.blank(raster.Window{X: s.row.X, Y: w.Y, W: w.X - s.row.X, H: w.H}); err != nil {
		return err
	}
	s.row.X, s.row.W = w.MaxX(), s.grid.W-w.MaxX()
	return s.write(w, func(row []float32, y int) { copy(row, t.Data[y*t.Stride:]) })
}

// begin completes the row of tiles at work and the rows without any above row y, where h rows begin.
func (s *scores) begin(y, h int) error {
	if err := s.blank(s.row); err != nil {
		return err
	}
	if err := s.blank(raster.Window{Y: s.row.MaxY(), W: s.grid.W, H: y - s.row.MaxY()}); err != nil {
		return err
	}
	s.row = raster.Window{Y: y, W: s.grid.W, H: h}
	return nil
}

// blank writes NaN, a piece at a time.
func (s *scores) blank(w raster.Window) error {
	for _, piece := range raster.Tiles(w, scoreTile, scoreTile, 0) {
		err := s.write(piece, func(row []float32, _ int) {
			for i := range row {
				row[i] = float32(math.NaN())
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// write writes a window of which fill gives the rows, counted from its first.
func (s *scores) write(w raster.Window, fill func(row []float32, y int)) error {
	s.block.Shape(w, 1, raster.Float32)
	values := s.block.Data.([]float32)
	for y := range w.H {
		fill(values[y*w.W:][:w.W], y)
	}
	return output.Failed(s.name, s.sink.WriteBlock(w, &s.block))
}

// close completes the file.
func (s *scores) close() error {
	if s == nil {
		return nil
	}
	if err := s.begin(s.grid.H, 0); err != nil {
		return err
	}
	s.block = raster.Block{}
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
