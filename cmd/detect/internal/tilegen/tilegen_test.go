package tilegen

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"passdiff/raster"
)

// specs are small scenes that use every feature.
func specs() map[string]Spec {
	return map[string]Spec{
		"farmland": {
			Seed: 1, Width: 211, Height: 170, Objects: 20, Noise: 12, Haze: 15, Collar: 9, Clouds: 2, CloudRadius: 20,
			Gain: []float64{1.1, 0.9, 1, 1.05}, Offset: []float64{-40, 60, 0, 25},
		},
		"coast": {Seed: 2, Land: Coast, Width: 150, Height: 190, Bands: 3, Type: raster.Uint8, Objects: 15, Noise: 20, Collar: 4},
		"plain": {
			Seed: 3, Land: Plain, Width: 260, Height: 140, Bands: 2, Type: raster.Float32, Objects: 12, Noise: 8, Collar: 6,
			After: raster.Window{X: 17, Y: -9, W: 300, H: 130}, Offset: []float64{30, -30},
		},
	}
}

func newScene(t *testing.T, s Spec) *Scene {
	t.Helper()
	scene, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

// read returns a window of a source.
func read(t *testing.T, src raster.Source, w raster.Window) *raster.Block {
	t.Helper()
	r, err := src.Reader()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b := new(raster.Block)
	info := src.Info()
	b.Shape(w, info.Bands, info.Type)
	if err := r.Read(t.Context(), w, b); err != nil {
		t.Fatal(err)
	}
	return b
}

func readAll(t *testing.T, src raster.Source) *raster.Block {
	t.Helper()
	return read(t, src, src.Info().Grid.Window())
}

// value is a stored value; measured is false for nodata.
func value(b *raster.Block, band, x, y int) (v float64, measured bool) {
	w := b.Window
	i := (y-w.Y)*w.W + x - w.X
	measured = b.Valid == nil || b.Valid[i] == 255
	i += band * w.W * w.H
	switch data := b.Data.(type) {
	case []uint8:
		v = float64(data[i])
	case []uint16:
		v = float64(data[i])
	case []float32:
		v = float64(data[i])
	}
	return v, measured
}

func TestWindowsOfAnyShapeHaveTheSamePixels(t *testing.T) {
	shifted := specs()["coast"]
	shifted.ShiftX, shifted.ShiftY = 0.4, -0.3
	cases := specs()
	cases["radar"] = Spec{Seed: 4, Width: 130, Height: 90, Bands: 2, Looks: 3}
	cases["shifted"] = shifted
	for name, spec := range cases {
		scene := newScene(t, spec)
		for _, src := range []raster.Source{scene.Before(), scene.After(), scene.TruthRaster(), scene.CloudRaster()} {
			t.Run(name+"/"+src.Info().Name, func(t *testing.T) {
				g := src.Info().Grid
				whole := readAll(t, src)
				for _, size := range [][2]int{{g.Width, 7}, {64, 64}, {37, 50}} {
					for y := 0; y < g.Height; y += size[1] {
						for x := 0; x < g.Width; x += size[0] {
							w := raster.Window{X: x, Y: y, W: size[0], H: size[1]}.Intersect(g.Window())
							compare(t, whole, read(t, src, w))
						}
					}
				}
				for k := 0; k < min(g.Width, g.Height); k += 29 {
					compare(t, whole, read(t, src, raster.Window{X: k, W: 1, H: g.Height}))
					compare(t, whole, read(t, src, raster.Window{Y: k, W: g.Width, H: 1}))
				}
			})
		}
	}
}

// compare wants the pixels of part to be those of whole.
func compare(t *testing.T, whole, part *raster.Block) {
	t.Helper()
	for y := part.Window.Y; y < part.Window.MaxY(); y++ {
		for x := part.Window.X; x < part.Window.MaxX(); x++ {
			for b := range part.Bands {
				v, ok := value(whole, b, x, y)
				got, gotOK := value(part, b, x, y)
				if ok != gotOK || v != got {
					t.Fatalf("band %d at (%d, %d) in window %v: %v %v, want %v %v", b+1, x, y, part.Window, got, gotOK, v, ok)
				}
			}
		}
	}
}

func TestZeroSpecIsAnUnchangedPair(t *testing.T) {
	scene := newScene(t, Spec{})
	compare(t, readAll(t, scene.Before()), readAll(t, scene.After()))
	if info := scene.Before().Info(); info.Grid.Width != 512 || info.Grid.Height != 512 || info.Bands != 4 || info.Type != raster.Uint16 {
		t.Errorf("zero spec makes %+v", info)
	}
	if truth := scene.Truth(); truth.Unchanged != 512*512 || len(truth.Objects) != 0 {
		t.Errorf("zero spec has truth %+v", truth)
	}
}

func TestSeedsDiffer(t *testing.T) {
	seen := map[string]uint64{}
	for seed := range uint64(6) {
		spec := Spec{Seed: seed, Width: 64, Height: 64, Bands: 1, Noise: 5, Objects: 3}
		scene := newScene(t, spec)
		for _, src := range []raster.Source{scene.Before(), scene.After(), scene.TruthRaster()} {
			sum, err := Digest(t.Context(), src)
			if err != nil {
				t.Fatal(err)
			}
			if other, ok := seen[sum]; ok {
				t.Errorf("seeds %d and %d have the same pixels in %s", other, seed, src.Info().Name)
			}
			seen[sum] = seed
		}
	}
}

func TestTruthAgreesWithItself(t *testing.T) {
	for name, spec := range specs() {
		t.Run(name, func(t *testing.T) {
			scene := newScene(t, spec)
			truth, raw := scene.Truth(), readAll(t, scene.TruthRaster())
			cloud := readAll(t, scene.CloudRaster()).Data.([]uint8)
			classes, w := raw.Data.([]uint8), raw.Window.W
			var counts [256]int64
			for _, c := range classes {
				counts[c]++
			}
			if counts[Unchanged] != truth.Unchanged || counts[Changed] != truth.Changed || counts[NotObservable] != truth.NotObserved {
				t.Errorf("raster has %d, %d and %d pixels by class, truth %d, %d and %d", counts[Unchanged], counts[Changed],
					counts[NotObservable], truth.Unchanged, truth.Changed, truth.NotObserved)
			}
			if got := int64(bytes.Count(cloud, []byte{Cloudy})); got != truth.Cloudy || (got > 0) != (spec.Clouds > 0) {
				t.Errorf("%d cloudy pixels, truth %d, %d clouds", got, truth.Cloudy, spec.Clouds)
			}
			left := slices.Clone(classes)
			for i, o := range truth.Objects {
				if o.ID != i+1 || o.Pixels < smallest || o.Pixels > largest {
					t.Errorf("object %d: %+v", i+1, o)
				}
				got := fill(left, w, o)
				if got.Pixels != o.Pixels || got.BBox != o.BBox ||
					math.Abs(got.Centroid[0]-o.Centroid[0]) > 0.0006 || math.Abs(got.Centroid[1]-o.Centroid[1]) > 0.0006 {
					t.Errorf("object %+v is %+v in the raster", o, got)
				}
			}
			if n := bytes.Count(left, []byte{Changed}); n != 0 || len(truth.Objects) != spec.Objects {
				t.Errorf("%d objects of %d, %d changed pixels belong to none", len(truth.Objects), spec.Objects, n)
			}
		})
	}
}

// fill erases the 4-connected changed pixels around an object's first pixel and describes them.
func fill(classes []uint8, w int, o Object) (got Object) {
	start := slices.Index(classes[o.BBox[1]*w+o.BBox[0]:o.BBox[1]*w+o.BBox[2]], Changed)
	if start < 0 {
		return got
	}
	todo := []int{o.BBox[1]*w + o.BBox[0] + start}
	classes[todo[0]] = Unchanged
	got.BBox = [4]int{math.MaxInt, math.MaxInt, 0, 0}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		x, y := i%w, i/w
		got.Pixels++
		got.BBox = [4]int{min(got.BBox[0], x), min(got.BBox[1], y), max(got.BBox[2], x+1), max(got.BBox[3], y+1)}
		got.Centroid[0] += float64(x) + 0.5
		got.Centroid[1] += float64(y) + 0.5
		for _, n := range []int{i - w, i - 1, i + 1, i + w} {
			if n >= 0 && n < len(classes) && classes[n] == Changed {
				classes[n] = Unchanged
				todo = append(todo, n)
			}
		}
	}
	got.Centroid[0] /= float64(got.Pixels)
	got.Centroid[1] /= float64(got.Pixels)
	return got
}

// TestChangedPixelsDiffer takes the drift back out. Noise is a sum of four uniforms, so it never exceeds 131070/37837 = 3.464
// standard deviations; haze is 1 and 0.4 times its deviation in two octaves of the same bound; a stored value is off by up to half
// a step in each pass. What is left apart must be an object, and every object must be.
func TestChangedPixelsDiffer(t *testing.T) {
	for name, spec := range specs() {
		t.Run(name, func(t *testing.T) {
			scene := newScene(t, spec)
			spec = scene.Spec()
			unit, rounding := float64(spec.Step), 0.5
			if spec.Type == raster.Float32 {
				unit, rounding = 10000, 0
			}
			truth := scene.Truth()
			before, after := readAll(t, scene.Before()), readAll(t, scene.After())
			classes := readAll(t, scene.TruthRaster())
			cloud := readAll(t, scene.CloudRaster())
			checked := map[uint8]int{}
			for y := range spec.Height {
				for x := range spec.Width {
					class := classes.Data.([]uint8)[y*spec.Width+x]
					ax, ay := x-spec.After.X, y-spec.After.Y
					_, seen := value(before, 0, x, y)
					inAfter := after.Window.Contains(raster.Window{X: ax, Y: ay, W: 1, H: 1})
					if inAfter {
						_, ok := value(after, 0, ax, ay)
						seen = seen && ok
					}
					if seen = seen && inAfter; seen == (class == NotObservable) {
						t.Fatalf("(%d, %d): observed %v, class %d", x, y, seen, class)
					}
					if class == NotObservable {
						continue
					}
					if c, _ := value(cloud, 0, ax, ay); c == Cloudy {
						continue
					}
					checked[class]++
					for b := range spec.Bands {
						v0, _ := value(before, b, x, y)
						v1, _ := value(after, b, ax, ay)
						off := math.Abs(v1 - truth.Gain[b]*v0 - truth.Offset[b])
						slack := (3.465*(1+truth.Gain[b])*spec.Noise+3.465*1.4*spec.Haze+1)/unit + rounding*(1+truth.Gain[b])
						step := truth.Contrast * min(1, truth.Gain[b])
						if class == Unchanged && off > slack || class == Changed && off < step-slack {
							t.Fatalf("band %d at (%d, %d), class %d: passes differ by %.1f, contrast %.1f, slack %.1f", b+1, x, y, class, off, step, slack)
						}
						if slack > step/2 {
							t.Fatalf("noise %.1f hides the contrast %.1f", slack, step)
						}
					}
				}
			}
			if checked[Unchanged] < 10000 || checked[Changed] < 500 {
				t.Errorf("only %v pixels compared", checked)
			}
		})
	}
}

// TestKindsStandOut looks at the ground: an object that appeared is not in the before pass, one that disappeared not in the after
// pass, and an altered one in both.
func TestKindsStandOut(t *testing.T) {
	spec := Spec{Seed: 5, Width: 300, Height: 300, Bands: 1, Objects: 40}
	scene := newScene(t, spec)
	spec.Objects = 0
	bare := readAll(t, newScene(t, spec).Before())
	passes := [2]*raster.Block{readAll(t, scene.Before()), readAll(t, scene.After())}
	kinds := map[Kind]int{}
	for i, o := range scene.Truth().Objects {
		kinds[o.Kind]++
		thing := scene.things.objects[i]
		x := thing.x + slices.Index(thing.shape.in[:thing.shape.w], true)
		ground, _ := value(bare, 0, x, thing.y)
		var stands [2]bool
		for k, p := range passes {
			v, _ := value(p, 0, x, thing.y)
			stands[k] = math.Abs(v-ground) >= 600
		}
		want := map[Kind][2]bool{Appeared: {false, true}, Disappeared: {true, false}, Altered: {true, true}}[o.Kind]
		if stands != want {
			t.Errorf("object %d %v stands out %v", o.ID, o.Kind, stands)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("kinds are %v", kinds)
	}
}

func TestShiftMovesTheGround(t *testing.T) {
	spec := Spec{Seed: 7, Width: 90, Height: 70, Bands: 2, Type: raster.Uint16, Objects: 4, Subsample: 1, Contrast: 300}
	still := newScene(t, spec)
	spec.ShiftX, spec.ShiftY = 2, -3
	moved := newScene(t, spec)
	spec.ShiftX, spec.ShiftY = 0.5, 0
	half := newScene(t, spec)
	want := readAll(t, still.After())
	whole, mean := readAll(t, moved.After()), readAll(t, half.After())
	for y := 3; y < 67; y++ {
		for x := 2; x < 90; x++ {
			for b := range 2 {
				v, _ := value(want, b, x-2, y)
				if got, _ := value(whole, b, x, y-3); got != v {
					t.Fatalf("(%d, %d) is %g, want %g from (%d, %d)", x, y-3, got, v, x-2, y)
				}
				left, _ := value(want, b, x-1, y)
				right, _ := value(want, b, x, y)
				if got, _ := value(mean, b, x, y); math.Abs(got-(left+right)/2) > 1 {
					t.Fatalf("(%d, %d) is %g, want the mean of %g and %g", x, y, got, left, right)
				}
			}
		}
	}
}

func TestValidateNamesEveryProblem(t *testing.T) {
	err := Spec{
		Width: -1, Bands: 99, Type: raster.Int16, Gain: []float64{1}, Noise: -2, Land: 9,
		BeforeLayout: Layout{Tile: 100}, AfterLayout: Layout{Compression: "RAR"},
	}.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"width", "bands", "int16", "1 gains for 99 bands", "noise", "Land(9)", "before layout", "RAR"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in %q", part, err)
		}
	}
	if _, err := New(Spec{Width: 60, Height: 60, Objects: 500}); err == nil || !strings.Contains(err.Error(), "of 500 objects") {
		t.Errorf("500 objects in a corner: %v", err)
	}
	if _, err := New(Spec{Objects: 1, After: raster.Window{X: 9000, W: 10, H: 10}}); err == nil {
		t.Error("an object without a place is no error")
	}
}

func ExampleNew() {
	scene, err := New(Spec{Seed: 1, Width: 200, Height: 100, Objects: 4, Noise: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(scene.Before().Info().Grid)
	fmt.Println(len(scene.Truth().Objects), "objects")
	// Output:
	// 200×100 pixels of 10×10, EPSG:32631
	// 4 objects
}
