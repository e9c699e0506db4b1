package decision

import (
	"fmt"
	"math"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
)

// Setting is one way to decide about pairs of a kind.
type Setting struct {
	Name string
	// limits changes a copy of the model of a pair. It leaves alone what the setting does not speak of.
	limits func(r *accuracy.Replay, m *change.Model)
}

// Shipped leaves everything as it was fitted.
var Shipped = Setting{"as shipped", func(*accuracy.Replay, *change.Model) {}}

// model is that of a pair under a setting.
func (s Setting) model(r *accuracy.Replay) *change.Model {
	m := *r.Model
	if m.Threshold < change.Never { // else the method has said that nothing can be found
		s.limits(r, &m)
	}
	return &m
}

// The values of the grids. Gates are times the one fitted.
var (
	hysteresis = []float64{1, 1.1, 1.2, 1.3, 1.4, 1.6}
	gates      = []float64{0, 1}

	// T of vhr is Otsu's times exp(above·max(ρ − from, 0) + below·min(ρ − from, 0)).
	above = []float64{0, 0.5, 1, 1.5, 2}
	below = []float64{0, 0.15, 0.3, 0.45}
	from  = []float64{0.4, 0.45, 0.5, 0.55}

	// rules take the place of T; "" leaves it.
	rules = []string{"", "otsu", "kittler", "triangle", "rosin"}
)

// Grid is the settings for a kind, the shipped one first.
func Grid(kind change.PairKind) []Setting {
	all := []Setting{Shipped}
	for _, k := range hysteresis {
		switch kind {
		case change.VHR:
			for _, g := range gates {
				for _, f := range from {
					for _, a := range above {
						for _, b := range below {
							all = append(all, alike(a, b, f, k, g))
						}
					}
				}
			}
		case change.SAR:
			for _, rule := range rules {
				all = append(all, byRule(rule, k, 1))
			}
		default:
			for _, g := range gates {
				for _, rule := range rules {
					all = append(all, byRule(rule, k, g))
				}
			}
		}
	}
	return all
}

// alike is a setting for vhr.
func alike(above, below, from, k, gate float64) Setting {
	name := fmt.Sprintf("ρ from %g: +%g, −%g; K %g; gate ×%g", from, above, below, k, gate)
	return Setting{name, func(r *accuracy.Replay, m *change.Model) {
		d := r.Correlation - from
		m.Threshold = m.Candidates["otsu"] * math.Exp(above*max(d, 0)+below*min(d, 0))
		m.Keep, m.Gate = k*m.Threshold, gate*m.Gate
	}}
}

// byRule is a setting that takes T from a rule of the model; one that found nothing leaves T.
func byRule(rule string, k, gate float64) Setting {
	name := rule
	if name == "" {
		name = "own rule"
	}
	return Setting{fmt.Sprintf("%s; K %g; gate ×%g", name, k, gate), func(_ *accuracy.Replay, m *change.Model) {
		if t, ok := m.Candidates[rule]; ok {
			m.Threshold = t
		}
		m.Keep, m.Gate = k*m.Threshold, gate*m.Gate
	}}
}
