package main

// figure is what is drawn of a method.
type figure struct {
	// name is that of the file; args choose the method.
	name string
	args []string
	// tile is the pair, clouds whether its cloud mask is used, bands what is red, green and blue, from 0, and shown says so.
	tile   string
	clouds bool
	bands  [3]int
	shown  string
	// x and y are the upper left pixel of what is shown, zoom the side of a pixel in the picture.
	x, y, zoom int
}

// figures are those of docs/methods.md, in its order.
var figures = []figure{
	on(farmland, "optical", 2, 405, 250, "--kind", "optical"),
	on(coast, "vhr", 1, 200, 180, "--kind", "vhr"),
	on(farmland, "cva", 2, 405, 250, "--method", "cva"),
	on(farmland, "irmad", 2, 405, 250, "--method", "irmad"),
	on(farmland, "isfa", 2, 405, 250, "--method", "isfa"),
	on(farmland, "acd", 2, 405, 250, "--method", "acd"),
	on(radar, "logratio", 2, 150, 172, "--method", "logratio"),
	on(farmland, "index", 2, 405, 250, "--method", "index:4,3"),
	on(farmland, "sam", 2, 405, 250, "--method", "sam"),
	on(coast, "structure", 1, 200, 180, "--method", "structure"),
}

// What figures show of each pair.
var (
	farmland = figure{tile: "farmland", clouds: true, bands: [3]int{3, 2, 1}, shown: "nir, red, green"}
	coast    = figure{tile: "coast", bands: [3]int{2, 1, 0}, shown: "red, green, blue"}
	radar    = figure{tile: "radar", shown: "amplitude"}
)

// on is a figure of a pair.
func on(f figure, name string, zoom, x, y int, args ...string) figure {
	f.name, f.zoom, f.x, f.y, f.args = name, zoom, x, y, args
	return f
}
