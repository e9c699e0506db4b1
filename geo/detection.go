package geo

import (
	"encoding/json"
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

// UnmarshalJSON implements json.Unmarshaler: null is unknown.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	*o = Opt[T]{}
	if string(b) == "null" {
		return nil
	}
	o.Known = true
	return json.Unmarshal(b, &o.Value)
}

// Some is a known value.
func Some[T any](v T) Opt[T] { return Opt[T]{v, true} }

// Detection is what a feature says about a change: its properties, in the order in which they are written, by the names
// in the tags. Floats that are not finite are written as null.
type Detection struct {
	DetID string `json:"det_id"`
	// Schema is written as the constant Schema when empty.
	Schema      string         `json:"schema"`
	AOIID       Opt[string]    `json:"aoi_id"`
	JobID       Opt[string]    `json:"job_id"`
	TBefore     Opt[time.Time] `json:"t_before"`
	TAfter      Opt[time.Time] `json:"t_after"`
	SrcBefore   string         `json:"src_before"`
	SrcAfter    string         `json:"src_after"`
	ObjDesc     string         `json:"obj_desc"`     // appeared, disappeared, altered
	Direction   string         `json:"direction"`    // brighter, darker, mixed
	DetMethod   string         `json:"det_method"`   // automatic, semi-automatic, photo-interpretation
	Status      string         `json:"status"`       // first, provisional, confirmed, finished
	ReviewState string         `json:"review_state"` // candidate, accepted, rejected
	Confidence  Opt[int]       `json:"confidence"`
	ScoreMax    float64        `json:"score_max"`
	ScoreMean   float64        `json:"score_mean"`
	Threshold   float64        `json:"threshold"`
	PValue      Opt[float64]   `json:"p_value"` // 0 to 1
	Pixels      int64          `json:"pixels"`
	AreaM2      Opt[float64]   `json:"area_m2"`
	PerimM      Opt[float64]   `json:"perim_m"`
	RepLon      Opt[float64]   `json:"rep_lon"` // degrees
	RepLat      Opt[float64]   `json:"rep_lat"`
	LenM        Opt[float64]   `json:"len_m"`
	WidM        Opt[float64]   `json:"wid_m"`
	OrientDeg   Opt[float64]   `json:"orient_deg"` // clockwise from north, [0, 180)
	RegDxPx     Opt[float64]   `json:"reg_dx_px"`
	RegDyPx     Opt[float64]   `json:"reg_dy_px"`
	RegSdPx     Opt[float64]   `json:"reg_sd_px"`
	PosAccM     Opt[float64]   `json:"pos_acc_m"`
	ObsFrac     float64        `json:"obs_frac"`  // 0 to 1
	EdgeFlag    string         `json:"edge_flag"` // none, aoi, nodata, scene
	FirstSeen   Opt[time.Time] `json:"first_seen"`
	LastSeen    Opt[time.Time] `json:"last_seen"`
	NLooked     Opt[int]       `json:"n_looked"`
	NSeen       Opt[int]       `json:"n_seen"`
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
