package accuracy

import (
	"math"
	"testing"
)

// TestPixels: worked by hand for TP 20, FP 5, FN 10, TN 15, the counts of the usual textbook table: p_o = 35/50 and
// p_e = (25·30 + 25·20)/50² = 0.5, so that kappa is (0.7 − 0.5)/(1 − 0.5) = 0.4.
func TestPixels(t *testing.T) {
	for _, c := range []struct {
		name                                            string
		p                                               Pixels
		precision, recall, f1, iou, kappa, flaggedShare float64
	}{
		{"textbook", Pixels{TP: 20, FP: 5, FN: 10, TN: 15}, 20. / 25, 20. / 30, 40. / 55, 20. / 35, 0.4, 25. / 50},
		{"all right", Pixels{TP: 3, TN: 7}, 1, 1, 1, 1, 1, 0.3},
		{"all wrong", Pixels{FP: 1, FN: 1}, 0, 0, 0, 0, -1, 0.5}, // p_o = 0, p_e = ½
		{"nothing found", Pixels{FN: 3, TN: 7}, 0, 0, 0, 0, 0, 0},
		{"no change", Pixels{TN: 7}, 0, 0, 0, 0, 0, 0},
		{"change everywhere", Pixels{TP: 7}, 1, 1, 1, 1, 0, 1},
		{"nothing labelled", Pixels{}, 0, 0, 0, 0, 0, 0},
	} {
		for _, m := range []struct {
			name      string
			got, want float64
		}{
			{"precision", c.p.Precision(), c.precision}, {"recall", c.p.Recall(), c.recall}, {"F1", c.p.F1(), c.f1},
			{"IoU", c.p.IoU(), c.iou}, {"kappa", c.p.Kappa(), c.kappa}, {"flagged", c.p.Flagged(), c.flaggedShare},
		} {
			if !(math.Abs(m.got-m.want) < 1e-15) {
				t.Errorf("%s: %s is %v, want %v", c.name, m.name, m.got, m.want)
			}
		}
	}
}

// drawn reads a raster from rows: '#' changed, '.' unchanged, '?' unknown.
func drawn(rows ...string) (values []uint8, width int) {
	classes := map[byte]uint8{'#': Changed, '.': 0, '?': Unknown}
	for _, r := range rows {
		for i := range len(r) {
			values = append(values, classes[r[i]])
		}
	}
	return values, len(rows[0])
}

// TestCompare: drawn and counted by hand.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name        string
		mask, truth []string
		want        Comparison
	}{
		{
			"an object found, one missed, one that is not there",
			[]string{
				"####.....",
				"####....#",
				".........",
			}, []string{
				"####.....",
				"####.....",
				"........?",
			},
			Comparison{Pixels{TP: 8, FP: 1, TN: 17}, Objects{Known: 1, Found: 1, FoundMatched: 1, Detections: 2, Real: 1, RealMatched: 1}},
		},
		{
			"what is not labelled counts nowhere and parts a detection; what is not observed is missed",
			[]string{"##??#", "##??#"},
			[]string{"#??##", "#??.."},
			// The columns that both know: 0 (hit), 3 and 4. Column 3: truth changed, mask not observed, is missed; below it neither. Column 4: a hit, below
			// it false. The mask's column 1 is not labelled. Detections: column 0; column 4.
			Comparison{Pixels{TP: 3, FP: 1, FN: 1, TN: 1}, Objects{Detections: 2, Real: 2, RealMatched: 2}},
		},
		{
			"diagonals join; the end of a row and the start of the next do not",
			[]string{
				"#..#",
				"#.#.",
				"...#",
				"#...",
			}, []string{
				"....",
				"....",
				"....",
				"....",
			},
			Comparison{Pixels{FP: 6, TN: 10}, Objects{Detections: 3}},
		},
		{
			"seven pixels are too few to be known, but enough to make a detection real",
			[]string{"#......."},
			[]string{"#######."},
			Comparison{Pixels{TP: 1, FN: 6, TN: 1}, Objects{Detections: 1, Real: 1, RealMatched: 1}},
		},
		{
			"a tenth of the object is a match",
			[]string{"#........."},
			[]string{"##########"},
			Comparison{Pixels{TP: 1, FN: 9}, Objects{Known: 1, Found: 1, FoundMatched: 1, Detections: 1, Real: 1, RealMatched: 1}},
		},
		{
			"less than a tenth of the object only touches it",
			[]string{"#.........."},
			[]string{"###########"},
			Comparison{Pixels{TP: 1, FN: 10}, Objects{Known: 1, Found: 1, Detections: 1, Real: 1}},
		},
		{
			"less than a tenth of the detection only touches: one that covers everything matches nothing",
			[]string{"###########"},
			[]string{"#.........."},
			Comparison{Pixels{TP: 1, FP: 10}, Objects{Detections: 1, Real: 1}},
		},
		{
			"a detection matches one of the objects it touches",
			[]string{
				"##########.#",
				"............",
			}, []string{
				"#.#########.",
				"............",
			},
			// The first detection has 1 of its 10 pixels on the small object, which is too small to be known, and 8 on the large one of 9. The second
			// lies beside the large object.
			Comparison{Pixels{TP: 9, FP: 2, FN: 1, TN: 12}, Objects{Known: 1, Found: 1, FoundMatched: 1, Detections: 2, Real: 1, RealMatched: 1}},
		},
		{"nothing at all", []string{"..."}, []string{"???"}, Comparison{}},
	} {
		mask, width := drawn(c.mask...)
		truth, _ := drawn(c.truth...)
		if got := Compare(mask, truth, width); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
	if got := Compare(nil, nil, 0); got != (Comparison{}) {
		t.Errorf("empty rasters: %+v", got)
	}
}

func TestCompareSizes(t *testing.T) {
	for _, c := range []struct{ mask, truth, width int }{{4, 6, 2}, {4, 4, 3}, {4, 4, 0}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v: no panic", c)
				}
			}()
			Compare(make([]uint8, c.mask), make([]uint8, c.truth), c.width)
		}()
	}
}
