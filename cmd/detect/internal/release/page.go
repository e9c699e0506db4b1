package release

import (
	"bytes"
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"

	"passdiff/cmd/detect/internal/policy"
)

// pageText is the page of a plan. It is whole in itself: no script, no network.
var pageText = template.Must(template.New("plan").Parse(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Release {{.Plan.Sequence}} for {{.Plan.Partner}}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.4 sans-serif;margin:2em;max-width:70em}td,th{padding:.1em .8em;text-align:right}td:first-child,th:first-child{text-align:left}
svg{border:1px solid #999;width:100%;height:auto;background:#fff}.go{fill:#2a8a3e;fill-opacity:.35;stroke:#2a8a3e}.no{fill:#c0392b;fill-opacity:.5;stroke:#c0392b}
.allow{fill:none;stroke:#2456a6}.deny{fill:#555;fill-opacity:.3;stroke:#555}.guard{fill:#d68910;fill-opacity:.4;stroke:#d68910}.seen{fill:#2456a6;fill-opacity:.06;stroke:none}
path{vector-effect:non-scaling-stroke}</style></head><body>
<h1>Release {{.Plan.Sequence}} for {{.Plan.Partner}}</h1>
<p><b>This page stays inside.</b> It shows what is withheld. What is shown are candidates for changes; a change is not an identification.</p>
<p>{{.Plan.TLP}}; created {{.Plan.Created.Format "2006-01-02T15:04:05Z07:00"}}, valid until {{.Plan.ValidUntil.Format "2006-01-02T15:04:05Z07:00"}}; places {{.Plan.Precision}}, times {{.Plan.Times}}, sources redacted: {{.Plan.Sources}}.</p>
<p>{{.Plan.Released}} features would go: {{.Plan.Change.Added}} new, {{.Plan.Change.Kept}} as before; {{.Plan.Change.Dropped}} of the last release are not in it. {{len .Plan.Retractions}} retractions.</p>
<table><tr><th>withheld by</th><th>features</th></tr>{{range .Plan.Withheld}}<tr><td>{{.Rule}}</td><td>{{.Features}}</td></tr>{{end}}</table>
<h2>Map</h2>
<p>Green: what would go, as the partner sees it. Red: withheld, where it is. Blue: areas of which the partner may know. Grey: denied. Orange: protected.</p>
<svg viewBox="{{.Box}}" role="img" aria-label="map">{{range .Shapes}}<path class="{{.Class}}" d="{{.Path}}"><title>{{.Title}}</title></path>
{{end}}</svg>
<p>{{.Extent}}</p>
</body></html>
`))

// shape is a path on the map.
type shape struct{ Class, Path, Title string }

// mostShapes bounds how many features of each kind are drawn.
const mostShapes = 20_000

// pageOf is a self-contained page about a plan, with a map of what goes and what does not.
func pageOf(p *Plan, d *Draft, rules *policy.Policy) []byte {
	m := newMap(d, rules)
	var shapes []shape
	places := func(class, title string, all []geom.Geometry) {
		for _, g := range all {
			shapes = append(shapes, shape{class, m.outline(g), title})
		}
	}
	polygon := func(class, title string, g orb.Geometry) {
		if parts, ok := polygons(g); ok && len(shapes) < 4*mostShapes {
			shapes = append(shapes, shape{class, m.path(parts), title})
		}
	}
	for _, f := range d.Coverage {
		polygon("seen", f.ID, f.Geometry)
	}
	places("allow", "allowed", rules.Allow)
	places("deny", "denied", rules.Deny)
	for _, g := range rules.Protected {
		places("guard", fmt.Sprintf("protected, %g m", g.Distance), g.Places)
	}
	for _, h := range d.Selection.Withheld {
		polygon("no", Identity(&h.Feature.Feature)+": "+string(h.Rule), h.Feature.Geometry)
	}
	for _, f := range d.Features {
		polygon("go", f.ID, f.Geometry)
	}
	var b bytes.Buffer
	err := pageText.Execute(&b, map[string]any{
		"Plan": p, "Shapes": shapes, "Box": fmt.Sprintf("0 0 %.0f %.0f", m.width, m.height),
		"Extent": fmt.Sprintf("%.4f° to %.4f° east, %.4f° to %.4f° north", m.box.Min[0], m.box.Max[0], m.box.Min[1], m.box.Max[1]),
	})
	if err != nil {
		panic("release: " + err.Error()) // a buffer takes everything, and the template is tested
	}
	return b.Bytes()
}

// mapped is where on the page a longitude and latitude lie.
type mapped struct {
	box           orb.Bound
	width, height float64
}

// newMap has room for what goes and for the areas of the policy, or for what is withheld when there is neither.
func newMap(d *Draft, rules *policy.Policy) mapped {
	box := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for _, f := range d.Features {
		box = box.Union(f.Geometry.Bound())
	}
	for _, g := range rules.Allow {
		if lo, hi, ok := g.Envelope().MinMaxXYs(); ok {
			box = box.Union(orb.Bound{Min: orb.Point{lo.X, lo.Y}, Max: orb.Point{hi.X, hi.Y}})
		}
	}
	for _, h := range d.Selection.Withheld {
		if parts, ok := polygons(h.Feature.Geometry); ok && box.IsEmpty() {
			box = parts.Bound()
		}
	}
	if box.IsEmpty() {
		box = orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}
	}
	box = box.Pad(max(0.02*(box.Max[0]-box.Min[0]), 0.02*(box.Max[1]-box.Min[1]), 1e-4))
	m := mapped{box: box, width: 1000}
	squeeze := max(0.05, math.Cos((box.Min[1]+box.Max[1])/2*math.Pi/180))
	m.height = min(2000, max(50, m.width*(box.Max[1]-box.Min[1])/(box.Max[0]-box.Min[0])/squeeze))
	return m
}

func (m mapped) path(parts orb.MultiPolygon) string {
	var b strings.Builder
	for _, p := range parts {
		for _, r := range p {
			for i, v := range r {
				m.to(&b, i, v[0], v[1])
			}
			b.WriteByte('Z')
		}
	}
	return b.String()
}

// to draws to a point, or goes to the first.
func (m mapped) to(b *strings.Builder, i int, lon, lat float64) {
	b.WriteByte("ML"[min(i, 1)])
	fmt.Fprintf(b, "%.2f %.2f", (lon-m.box.Min[0])/(m.box.Max[0]-m.box.Min[0])*m.width, (m.box.Max[1]-lat)/(m.box.Max[1]-m.box.Min[1])*m.height)
}

// outline draws a place of the policy; points are small squares.
func (m mapped) outline(g geom.Geometry) string {
	var b strings.Builder
	switch {
	case g.IsPolygon(), g.IsMultiPolygon():
		g = g.Boundary()
	case g.IsPoint(), g.IsMultiPoint():
		at := g.DumpCoordinates()
		d := 3 * (m.box.Max[0] - m.box.Min[0]) / m.width
		for i := range at.Length() {
			p := at.GetXY(i)
			b.WriteString(m.path(orb.MultiPolygon{{{{p.X - d, p.Y - d}, {p.X + d, p.Y - d}, {p.X + d, p.Y + d}, {p.X - d, p.Y + d}}}}))
		}
		return b.String()
	}
	lines := []geom.LineString{}
	if g.IsLineString() {
		lines = append(lines, g.MustAsLineString())
	} else if g.IsMultiLineString() {
		lines = g.MustAsMultiLineString().Dump()
	}
	for _, l := range lines {
		s := l.Coordinates()
		for i := range s.Length() {
			p := s.GetXY(i)
			m.to(&b, i, p.X, p.Y)
		}
	}
	return b.String()
}
