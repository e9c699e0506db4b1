package geo

import (
	"time"

	"github.com/paulmach/orb"
)

// Schema is written into every detection that does not name another.
const Schema = "passdiff/1"

// Opt is a value that may be unknown. The zero value is unknown and written as null.
type Opt[T any] struct {
	Value T
	Known bool
}

// Some is a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Detection is what a feature says about a change: its properties, in the order in which they are written. Floats that are not
// finite are written as null.
type Detection struct {
	DetID string
	// Schema is written as the constant Schema when empty.
	Schema      string
	AOIID       Opt[string]
	JobID       Opt[string]
	TBefore     Opt[time.Time]
	TAfter      Opt[time.Time]
	SrcBefore   string
	SrcAfter    string
	ObjDesc     string // appeared, disappeared, altered
	Direction   string // brighter, darker, mixed
	DetMethod   string // automatic, semi-automatic, photo-interpretation
	Status      string // first, provisional, confirmed, finished
	ReviewState string // candidate, accepted, rejected
	Confidence  Opt[int]
	ScoreMax    float64
	ScoreMean   float64
	Threshold   float64
	PValue      Opt[float64] // 0 to 1
	Pixels      int64
	AreaM2      Opt[float64]
	PerimM      Opt[float64]
	RepLon      Opt[float64] // degrees
	RepLat      Opt[float64]
	LenM        Opt[float64]
	WidM        Opt[float64]
	OrientDeg   Opt[float64] // clockwise from north, [0, 180)
	RegDxPx     Opt[float64]
	RegDyPx     Opt[float64]
	RegSdPx     Opt[float64]
	PosAccM     Opt[float64]
	ObsFrac     float64 // 0 to 1
	EdgeFlag    string  // none, aoi, nodata, scene
	FirstSeen   Opt[time.Time]
	LastSeen    Opt[time.Time]
	NLooked     Opt[int]
	NSeen       Opt[int]
}

// Feature is a detection with its place.
type Feature struct {
	// ID is the member id; DetID when empty.
	ID string
	// Geometry is an orb.Polygon or orb.MultiPolygon, or nil for none.
	Geometry orb.Geometry
	Bbox     Bbox
	Detection
}

// Locate fills in what a Placed says: geometry, bbox, measures and the representative point. In pixel space the point stays
// unknown, as there is no longitude.
func (f *Feature) Locate(p Placed) {
	f.Geometry, f.Bbox = p.Geometry, p.Bbox
	f.AreaM2, f.PerimM = p.Measures.AreaM2, p.Measures.PerimM
	f.LenM, f.WidM, f.OrientDeg = p.Measures.LenM, p.Measures.WidM, p.Measures.OrientDeg
	f.RepLon, f.RepLat = Opt[float64]{}, Opt[float64]{}
	if p.Decimals > 0 {
		f.RepLon, f.RepLat = Some(p.Inside[0]), Some(p.Inside[1])
	}
}
