package geo
import ("testing";"math";"time";"passdiff/raster";"github.com/paulmach/orb")
func TestQuickAreas(t *testing.T) {
	all := append(scenes(3000, 2000), projScenes(t, 3000, 2000)...)
	for _, s := range all {
		if s.project == nil { continue }
		l := s.locator(t)
		t0 := time.Now()
		p, err := l.PixelAreas(s.grid.Window())
		if err != nil { t.Errorf("%s: %v", s.name, err); continue }
		el := time.Since(t0)
		worst, wr := 0.0, 0.0
		for k := range 400 {
			x, y := (k*7919)%3000, (k*104729)%2000
			n := 1 + (k*37)%40
			if k%2==0 {n=1}
			n = min(n, 3000-x)
			lines, err := l.densify(orb.Polygon{{{float64(x), float64(y)}, {float64(x), float64(y + 1)}, {float64(x + n), float64(y + 1)}, {float64(x + n), float64(y)}, {float64(x), float64(y)}}})
			if err != nil { continue }
			atPoles(lines)
			want := measure(lines).AreaM2.Value
			got := p.Area(y, x, x+n)
			if want == 0 || n>1 { if d:=math.Abs(got/want-1); n>1 && d>wr {wr=d}; continue }
			if d := math.Abs(got/want-1); d > worst { worst = d }
		}
		_ = raster.Run{}
		t.Logf("%-40s cells %5d nodes %5d %8v worst pixel %.2g runs %.2g", s.name, len(p.cells), len(p.nodes), el, worst, wr)
	}
}
