package accuracy

// sizeBounds are the sizes in pixels at which the size classes of objects begin, after the first.
var sizeBounds = [...]int64{25, 100, 400, 1600}

// SizeNames name the size classes of objects, in order, by pixels: from the first number up to but without the second.
var SizeNames = [len(sizeBounds) + 1]string{"under_25", "25_to_100", "100_to_400", "400_to_1600", "1600_up"}

// SizeRange is the least size of a class in pixels, and that of the next; 0 for the last, which has none.
func SizeRange(class int) (from, to int64) {
	from = 1
	if class > 0 {
		from = sizeBounds[class-1]
	}
	if class < len(sizeBounds) {
		to = sizeBounds[class]
	}
	return from, to
}

// SizeClass is the objects of one size: truth objects by their own size, detections by theirs.
type SizeClass struct {
	Objects
	// KnownPixels are those of the known objects, FoundPixels those of them that the mask says changed, too.
	KnownPixels, FoundPixels int64
	// DetectedPixels are those of the detections, RealPixels those of them that are labelled changed.
	DetectedPixels, RealPixels int64
}

// Sizes are the objects by size class. Truth objects of fewer than LeastObject pixels are in none.
type Sizes [len(SizeNames)]SizeClass

// All is the objects of all sizes.
func (s *Sizes) All() (o Objects) {
	for _, c := range s {
		o.Known += c.Known
		o.Found += c.Found
		o.FoundMatched += c.FoundMatched
		o.Detections += c.Detections
		o.Real += c.Real
		o.RealMatched += c.RealMatched
	}
	return o
}

// class is that of an object of some pixels.
func (s *Sizes) class(pixels int64) *SizeClass {
	i := 0
	for i < len(sizeBounds) && pixels >= sizeBounds[i] {
		i++
	}
	return &s[i]
}

func (s *Sizes) addKnown(n node) {
	if n.pixels < LeastObject {
		return
	}
	c := s.class(n.pixels)
	c.Known++
	c.Found += one(n.touched)
	c.FoundMatched += one(n.matched)
	c.KnownPixels += n.pixels
	c.FoundPixels += n.common
}

func (s *Sizes) addFound(n node) {
	c := s.class(n.pixels)
	c.Detections++
	c.Real += one(n.touched)
	c.RealMatched += one(n.matched)
	c.DetectedPixels += n.pixels
	c.RealPixels += n.common
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
