package accuracy

import (
	"math"
	"strings"
	"testing"
)

// outcome is one with a precision and recall of tp/(tp+fp).
func outcome(name string, delivered bool, p Pixels) *Outcome {
	return &Outcome{
		Comparison: Comparison{Pixels: p}, Pair: Pair{Name: name, Family: family(name), Delivered: delivered}, Method: "cva", Threshold: "otsu",
	}
}

// TestTable: precisions by hand. Family a is the mean of 1 and ½, other of 0 and ½; all of ¾ and ¼. Pairs as delivered are in no family.
func TestTable(t *testing.T) {
	outcomes := []*Outcome{
		outcome("a_1", false, Pixels{TP: 1, TN: 9}),
		outcome("a_1", true, Pixels{TP: 1, FP: 3, TN: 6}),
		outcome("a_2", false, Pixels{TP: 1, FP: 1, TN: 8}),
		outcome("a_empty", false, Pixels{FP: 1, TN: 9}),
		outcome("a_quiet", false, Pixels{TN: 9}),
		outcome("beijing_A", false, Pixels{FN: 1, FP: 1}),
		outcome("idabd_1", false, Pixels{TP: 1, FP: 1}),
	}
	outcomes[0].Features, outcomes[0].AreaM2 = 30, 2e6
	outcomes[2].Features, outcomes[2].AreaM2 = 10, 2e6
	outcomes[0].Ranking, outcomes[2].Ranking = Ranking{0.25, 0.5}, Ranking{0.75, 1}
	got := Table(Chain{}, outcomes)
	for _, want := range []string{
		"### `detect run`\n", ": cva, otsu.\n", "| family | pairs | precision | recall | F1 | IoU | kappa | AUC-PR | bF1 |",
		"| a | 2 | 0.750 | 1.000 | 0.833 | 0.750 | 0.808 | 0.500 | 0.750 |", "| 0.000 | 10 |\n", "| 0.000 | – |\n", "| other | 2 | 0.250 | 0.500 |", "| **ALL** | 4 | 0.500 | 0.750 |",
		"| *as delivered* | 1 | 0.250 |", "| *the same, shifted into place* | 1 | 1.000 |",
		"Flagged on the 2 pairs without change: 5.00 % on average, 10.00 % at most.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Index(got, "| a |") > strings.Index(got, "| other |") {
		t.Errorf("other does not come last:\n%s", got)
	}
	if got := Table(Chain{}, outcomes[4:5]); strings.Contains(got, "NaN") {
		t.Errorf("no pair with change:\n%s", got)
	}
}

func TestCell(t *testing.T) {
	for v, want := range map[float64]string{0: "0.000", 9.8764: "9.876", 10: "10", 29.68: "29.7", 155.2: "155", 2763: "2760", 14712: "14700"} {
		if got := cell(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	if got := cell(math.NaN()); got != "–" {
		t.Errorf("none: %q", got)
	}
}

func TestFamily(t *testing.T) {
	for name, want := range map[string]string{
		"oscd_rennes_13b": "oscd", "sar_ottawa": "sar", "beijing_A": "other", "idabd_1_4": "other", "mine": "mine",
	} {
		if got := family(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
