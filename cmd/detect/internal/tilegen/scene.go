package tilegen

import "passdiff/raster"

// Scene is a pair that is computed when it is read. It is safe for concurrent use.
type Scene struct {
	spec          Spec
	things        catalogue
	before, after *pass
}

// New lays out the objects of the scene; pixels are computed only when they are read. The error reports all problems of the Spec, or
// that not all objects find a place.
func New(s Spec) (*Scene, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	s = s.withDefaults()
	scene := &Scene{spec: s}
	g := newGround(s)
	scene.before = newPass(s, g, &scene.things, 0)
	scene.after = newPass(s, g, &scene.things, 1)
	frame := s.beforeGrid().Window().Intersect(s.After)
	objects, err := place(s, g, frame, func(w raster.Window) bool {
		// What a pass measures is convex, so its corners speak for a window.
		x1, y1 := w.MaxX()-1, w.MaxY()-1
		return scene.observed(w.X, w.Y) && scene.observed(x1, w.Y) && scene.observed(w.X, y1) && scene.observed(x1, y1)
	})
	if err != nil {
		return nil, err
	}
	scene.things = newCatalogue(objects)
	return scene, nil
}

// Spec is what the scene was made from, with the defaults filled in.
func (s *Scene) Spec() Spec { return s.spec }

// Before is the before pass. Nodata pixels are not valid and hold the file's nodata value: 0, or −9999 for float32.
func (s *Scene) Before() raster.Source { return s.before }

// After is the after pass, on its own grid; nodata as in Before.
func (s *Scene) After() raster.Source { return s.after }

// TruthRaster has the classes Unchanged, Changed and NotObservable, one uint8 band on the before grid. All pixels are valid. What
// lies under a cloud keeps its class.
func (s *Scene) TruthRaster() raster.Source {
	return newClasses("truth", s.before.info.Grid, s.truthRow)
}

// CloudRaster has the classes Clear and Cloudy, one uint8 band on the after grid. All pixels are valid; without clouds all are Clear.
func (s *Scene) CloudRaster() raster.Source {
	return newClasses("cloud", s.after.info.Grid, s.cloudRow)
}
