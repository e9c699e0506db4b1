package job

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/geo"
	"passdiff/geo/ogr"
	"passdiff/raster"
	"passdiff/raster/gdal"
)

// zone is a polygon of a file, in pixels of the before grid.
type zone struct {
	id   string
	area *raster.Area
	cut  bool // it reaches beyond the before grid
}

// zones are the polygons of one file, or a box. A nil zones is none.
type zones []zone

// areas reads what the job asks about, on the before grid; nil means everything. Some of it must lie where both passes are.
func (j *Job) areas(p *raster.Pair) (zones, error) {
	var z zones
	var err error
	switch {
	case j.AOI != "":
		z, err = readZones(j.AOI, ogr.Options{Layer: j.AOILayer, IDField: j.AOIField}, j.AOIID, p, geo.Fill)
	case j.BBox != nil:
		z, err = j.BBox.zones(p)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, exit.With(exit.Input, err)
	}
	if !z.union().Meets(p.Window) {
		name := j.AOI
		if name == "" {
			name = "--bbox"
		}
		return nil, exit.Errorf(exit.Input, "%s: holds no pixel of the ground that both passes cover; check its coordinates and CRS", name)
	}
	return z, nil
}

// exclusions reads the zones in which detections are suppressed: all pixels that they reach into, so that narrow ones count too.
func (j *Job) exclusions(p *raster.Pair) (zones, error) {
	if j.Exclude == "" {
		return nil, nil
	}
	z, err := readZones(j.Exclude, ogr.Options{}, "", p, geo.Touch)
	return z, exit.With(exit.Input, err)
}

// filler lists the pixels of a window that an area holds: geo.Fill or geo.Touch.
type filler func(area orb.MultiPolygon, w raster.Window) ([]raster.Run, error)

// readZones reads a file of polygons onto the grid of a pair; of all of them, or of those with an id.
func readZones(path string, o ogr.Options, id string, p *raster.Pair, fill filler) (zones, error) {
	areas, err := ogr.Read(path, o)
	if err != nil {
		return nil, err
	}
	var z zones
	for _, a := range areas {
		if id != "" && a.ID != id {
			continue
		}
		one, err := newZone(a.ID, a.Geometry, a.CRS, p, fill)
		if err != nil {
			return nil, fmt.Errorf("%s: area %s: %w; check its coordinates and CRS", path, a.ID, err)
		}
		z = append(z, one)
	}
	if len(z) == 0 && id != "" {
		return nil, fmt.Errorf("%s: has no area %q; --aoi-id-field names the field that tells areas apart, which is their position by default", path, id)
	}
	return z, nil
}

// newZone is the pixels of the before grid that polygons of some CRS hold. Without a georeference the polygons are in the pixel space of the
// output, whatever their CRS.
func newZone(id string, g orb.MultiPolygon, crs string, p *raster.Pair, fill filler) (zone, error) {
	grid := p.Before.Info().Grid
	pixels, err := ogr.Area{Geometry: g, CRS: crs}.InPixels(grid, !grid.Georeferenced())
	if err != nil {
		return zone{}, err
	}
	runs, err := fill(pixels, grid.Window())
	if err != nil {
		return zone{}, err
	}
	bound, w := pixels.Bound(), grid.Window()
	cut := bound.Min[0] < float64(w.X)-1 || bound.Min[1] < float64(w.Y)-1 || bound.Max[0] > float64(w.MaxX())+1 || bound.Max[1] > float64(w.MaxY())+1
	return zone{id, raster.NewArea(runs), cut}, nil
}

// union is the area of all zones together; nil for no zones.
func (z zones) union() *raster.Area {
	if z == nil {
		return nil
	}
	var runs []raster.Run
	for _, one := range z {
		runs = append(runs, one.area.Runs()...)
	}
	return raster.NewArea(runs)
}

// clip is the part of an area inside w; nil stays nil.
func clip(a *raster.Area, w raster.Window) *raster.Area {
	if a == nil {
		return nil
	}
	return a.Clip(w)
}

// index finds zones by the pixels that they hold. Its zero value has none.
type index struct {
	zones zones
	runs  []indexed // by row, then column
}

// indexed is a run of the zone of that number.
type indexed struct {
	raster.Run
	zone int
}

func (z zones) index() (x index) {
	x.zones = z
	for i, one := range z {
		for _, r := range one.area.Runs() {
			x.runs = append(x.runs, indexed{r, i})
		}
	}
	slices.SortFunc(x.runs, func(a, b indexed) int {
		return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X0, b.X0), cmp.Compare(a.zone, b.zone))
	})
	return x
}

// of lists, sorted and joined by commas, the ids of the zones that share pixels with runs; "" for none.
func (x index) of(runs []raster.Run) string {
	found := map[int]bool{}
	var ids []string
	for _, r := range runs {
		first, _ := slices.BinarySearchFunc(x.runs, r.Y, func(e indexed, y int32) int { return cmp.Compare(e.Y, y) })
		for _, e := range x.runs[first:] {
			if e.Y != r.Y || e.X0 >= r.X1 {
				break
			}
			if e.X1 > r.X0 && !found[e.zone] {
				found[e.zone] = true
				ids = append(ids, x.zones[e.zone].id)
			}
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

// areaWarnings says what of the areas asked about cannot be looked at in w, the ground that both passes cover. At most ten ids are listed.
func (j *Job) areaWarnings(z zones, w raster.Window) (list []string) {
	name := "--bbox"
	if j.AOI != "" {
		name = filepath.Base(j.AOI)
	}
	var empty []string
	cut := 0
	for _, one := range z {
		switch {
		case !one.area.Meets(w):
			empty = append(empty, one.id)
		case one.cut:
			cut++
		}
	}
	if n := len(empty); n > 0 {
		ids := strings.Join(empty[:min(n, 10)], ", ")
		if n > 10 {
			ids += ", …"
		}
		list = append(list, fmt.Sprintf("%s: %d of %d areas hold no pixel of the ground that both passes cover and are not looked at: %s", name, n, len(z), ids))
	}
	if cut > 0 {
		list = append(list, fmt.Sprintf("%s: reaches beyond before, where nothing is looked at and coverage ends", name))
	}
	return list
}

// BBox is a box in some CRS; "" stands for that of the before grid.
type BBox struct {
	XMin, YMin, XMax, YMax float64
	CRS                    string
}

// ParseBBox reads "xmin,ymin,xmax,ymax" or "xmin,ymin,xmax,ymax,crs".
func ParseBBox(s string) (*BBox, error) {
	parts := strings.SplitN(s, ",", 5)
	if len(parts) < 4 {
		return nil, fmt.Errorf("box %q is not xmin,ymin,xmax,ymax or xmin,ymin,xmax,ymax,crs", s)
	}
	var v [4]float64
	for i := range v {
		f, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil || f-f != 0 {
			return nil, fmt.Errorf("box %q: %q is not a number", s, parts[i])
		}
		v[i] = f
	}
	b := &BBox{XMin: v[0], YMin: v[1], XMax: v[2], YMax: v[3]}
	if len(parts) == 5 {
		b.CRS = strings.TrimSpace(parts[4])
	}
	if b.XMin >= b.XMax || b.YMin >= b.YMax {
		return nil, fmt.Errorf("box %q is empty: xmin,ymin comes before xmax,ymax", s)
	}
	return b, nil
}

// zones is the box as one zone without a name.
func (b *BBox) zones(p *raster.Pair) (zones, error) {
	crs := b.CRS
	if crs == "" {
		crs = p.Before.Info().Grid.CRS
	} else {
		var err error
		if crs, err = gdal.CRS(crs); err != nil {
			return nil, exit.Errorf(exit.Usage, "--bbox: %w; name it like EPSG:4326", err)
		}
	}
	ring := orb.Ring{{b.XMin, b.YMin}, {b.XMax, b.YMin}, {b.XMax, b.YMax}, {b.XMin, b.YMax}, {b.XMin, b.YMin}}
	area, err := newZone("", orb.MultiPolygon{{ring}}, crs, p, geo.Fill)
	if err != nil {
		return nil, fmt.Errorf("--bbox: %w; check its coordinates and CRS", err)
	}
	return zones{area}, nil
}

// leastSample is the least number of pixels that a sample is taken from when an area is asked about.
const leastSample = 1 << 20

// sampleWindow is the part of the pair that the model is fitted on: with an area its box, grown to enough pixels.
func (j *Job) sampleWindow(p *raster.Pair, area *raster.Area) raster.Window {
	if area == nil || j.FitScene {
		return p.Window
	}
	w := area.Bounds()
	for w.Pixels() < leastSample && w != p.Window {
		w = w.Grow(64).Intersect(p.Window)
	}
	return w
}
