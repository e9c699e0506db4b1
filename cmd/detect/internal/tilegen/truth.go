package tilegen

import (
	"bytes"
	"encoding/json"
	"io"
)

// Truth is all that is known of a scene, as its JSON file says it. Pixels are those of the before grid.
type Truth struct {
	Seed        uint64     `json:"seed"`
	Land        string     `json:"land"`
	Width       int        `json:"width"`
	Height      int        `json:"height"`
	Bands       int        `json:"bands"`
	DataType    string     `json:"data_type"`
	CRS         string     `json:"crs"`
	PixelSize   float64    `json:"pixel_size"`
	AfterWindow [4]int     `json:"after_window"` // x, y, width, height of the after pass
	ShiftPx     [2]float64 `json:"shift_px"`     // features lie so much further right and down in the after pass
	Gain        []float64  `json:"gain"`         // after = gain · before + offset, in DN (reflectance for float32)
	Offset      []float64  `json:"offset"`
	NoiseSD     float64    `json:"noise_sd"`        // in each pass, same unit as Offset
	Looks       int        `json:"looks,omitempty"` // of a radar pair
	Contrast    float64    `json:"contrast"`        // least change in any band before gain, same unit
	Unchanged   int64      `json:"unchanged"`       // pixels of the truth raster, by class
	Changed     int64      `json:"changed"`
	NotObserved int64      `json:"not_observable"`
	Cloudy      int64      `json:"cloudy"` // pixels of the cloud raster
	Objects     []Object   `json:"objects"`
}

// Object is one changed object: a 4-connected set of pixels that touches no other.
type Object struct {
	ID    int    `json:"id"` // from 1, in the order of bbox ymin, then xmin
	Kind  Kind   `json:"kind"`
	Shape string `json:"shape"` // rectangle, ell or blob
	// Pixels is the area; CloudyPixels of them lie under a cloud in the after pass.
	Pixels       int `json:"pixels"`
	CloudyPixels int `json:"cloudy_pixels"`
	// BBox is xmin, ymin, xmax, ymax, half-open.
	BBox [4]int `json:"bbox"`
	// Centroid is the mean of the pixels' centres (x, y), rounded to 1/1000; the centre of pixel (0, 0) is (0.5, 0.5).
	Centroid [2]float64 `json:"centroid"`
}

// Truth counts the scene through: it takes a pass over the truth raster, but none over the images.
func (s *Scene) Truth() Truth {
	spec := s.spec
	unit := float64(spec.Step)
	if spec.nodata() != 0 {
		unit = 10000
	}
	t := Truth{
		Seed: spec.Seed, Land: spec.Land.String(), Width: spec.Width, Height: spec.Height, Bands: spec.Bands,
		DataType: spec.Type.String(), CRS: spec.CRS, PixelSize: spec.PixelSize,
		AfterWindow: [4]int{spec.After.X, spec.After.Y, spec.After.W, spec.After.H},
		ShiftPx:     [2]float64{spec.ShiftX, spec.ShiftY},
		NoiseSD:     spec.Noise / unit, Looks: spec.Looks, Contrast: spec.Contrast / unit,
		Gain: make([]float64, spec.Bands), Offset: make([]float64, spec.Bands),
	}
	for b := range spec.Bands {
		t.Gain[b] = 1
	}
	copy(t.Gain, spec.Gain)
	for b, v := range spec.Offset {
		t.Offset[b] = v / unit
	}
	cloudy := s.count(&t)
	for i := range s.things.objects {
		t.Objects = append(t.Objects, s.describe(i, cloudy[i]))
	}
	return t
}

// count fills in the pixels of each class and returns how many pixels of each object lie under a cloud.
func (s *Scene) count(t *Truth) []int {
	row := make([]uint8, s.spec.Width)
	veil := make([]uint8, s.spec.After.W)
	scratch := [2][]int32{make([]int32, s.spec.After.W), make([]int32, s.spec.After.W)}
	cloudy := make([]int, len(s.things.objects))
	for y := range s.spec.Height {
		s.truthRow(row, 0, y, nil)
		for _, c := range row {
			switch c {
			case Unchanged:
				t.Unchanged++
			case Changed:
				t.Changed++
			default:
				t.NotObserved++
			}
		}
	}
	for y := range s.spec.After.H {
		s.cloudRow(veil, 0, y, &scratch)
		t.Cloudy += int64(bytes.Count(veil, []byte{Cloudy}))
		s.things.spans(y+s.spec.After.Y, func(i, x0, x1 int) {
			cloudy[i] += bytes.Count(veil[x0-s.spec.After.X:x1-s.spec.After.X], []byte{Cloudy})
		})
	}
	return cloudy
}

func (s *Scene) describe(i, cloudy int) Object {
	o := &s.things.objects[i]
	w := o.window()
	var sumX, sumY int
	for k, in := range o.shape.in {
		if in {
			sumX += 2*(o.x+k%w.W) + 1
			sumY += 2*(o.y+k/w.W) + 1
		}
	}
	mean := func(sum int) float64 { return float64((sum*500+o.shape.area/2)/o.shape.area) / 1000 }
	return Object{
		ID: i + 1, Kind: o.kind, Shape: o.shape.name, Pixels: o.shape.area, CloudyPixels: cloudy,
		BBox:     [4]int{w.X, w.Y, w.MaxX(), w.MaxY()},
		Centroid: [2]float64{mean(sumX), mean(sumY)},
	}
}

// WriteTo writes the truth as JSON: what holds for the scene in the first line, then one object a line.
func (t Truth) WriteTo(w io.Writer) (int64, error) {
	objects := t.Objects
	t.Objects = []Object{}
	head, err := json.Marshal(t)
	if err != nil {
		return 0, err
	}
	var out bytes.Buffer
	// The head ends with an empty list of objects.
	out.Write(bytes.TrimSuffix(head, []byte("]}")))
	for i, o := range objects {
		line, err := json.Marshal(o)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	return out.WriteTo(w)
}
