package geo

// Coverage is a connected piece of ground of one class of what was looked at.
type Coverage struct {
	ID string
	// Class is observed, nodata, masked, missing, unregistered or outside_aoi.
	Class  string
	Pixels int64
	// AreaM2 is the area of the pixels on the ellipsoid; not known without a georeference.
	AreaM2 Opt[float64]
	Placed Placed
}

// coverage appends the members of the properties object of a piece of coverage.
func (e *encoder) coverage(c *Coverage) {
	e.raw(`{"class":`)
	e.text(c.Class)
	e.raw(`,"schema":`)
	e.text(Schema)
	e.raw(`,"pixels":`)
	e.integer(c.Pixels)
	e.raw(`,"area_m2":`)
	e.optDigits(c.AreaM2, metreDigits)
	e.raw("}")
}
