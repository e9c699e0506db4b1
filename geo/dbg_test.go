package geo
import ("testing";"math";"passdiff/raster";"fmt")
func TestDbg(t *testing.T){
	sin, cos := math.Sincos(45 * math.Pi / 180); size:=0.1; flip:=-1.0; cx,cy:=0.25,5.75
	_ = cx
	a, b, c, d := size*cos/1e5, size*sin/1e5, -size*sin*flip/1e5, size*cos*flip/1e5
	for _, cx := range []float64{0.25} {
	g := raster.Grid{CRS: "test", Width: 3, Height: 5, Affine: raster.Affine{180 - a*cx - c*cy, a, c, 41 - b*cx - d*cy, b, d}}
	l,_ := NewLocator(g, lonLat)
	p:=Trace([]raster.Run{{Y:3,X0:2,X1:3},{Y:4,X0:0,X1:3}})
	lines,err := l.densify(p)
	fmt.Println(err)
	for _,e := range lines[0] { fmt.Printf("%v %v  %.17g %.17g\n", e.col,e.row,e.lon,e.lat)}
	parts, whole := cut(aroundPoles(lines))
	fmt.Println(whole)
	for _,q := range parts { for _, r := range q { for _,v := range r {fmt.Printf("  %.17g %.17g\n",v[0],v[1])}; fmt.Println() }}
	for d:=7;d<=13;d++ { r,err:=roundParts(parts,d,!whole); fmt.Println(d,err); if err==nil {fmt.Println(r, validate(r,pow10[d]))}}
	}
}
