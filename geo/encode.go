package geo

import (
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

// encoder appends JSON to its buffer. Output does not depend on what was written before.
type encoder struct {
	buf []byte
	d   int // decimals that sufficed lately: only a hint
	bad bool
}

// Decimals and significant digits of properties.
const (
	metreDigits   = 8  // significant: area_m2, perim_m, len_m, wid_m
	scoreDigits   = 9  // significant: score_max, score_mean, threshold
	probDigits    = 4  // significant: p_value, never below leastProb
	pixelDecimals = 4  // reg_*_px, pos_acc_m, orient_deg
	shareDecimals = 6  // obs_frac
	mostDecimals  = 15 // whatever the digits say
)

const leastProb = 1e-15

func (e *encoder) raw(s string) { e.buf = append(e.buf, s...) }

// number appends the shortest decimal fraction that reads back as v, without an exponent. Numbers that are not finite become null
// and mark the encoder bad.
func (e *encoder) number(v float64) {
	if !finite(v, v) {
		e.raw("null")
		e.bad = true
		return
	}
	// With at most 15 digits the fraction is the only one of its length or shorter that reads as v.
	for d := e.d; d <= maxDecimals; d++ {
		s := v * pow10[d]
		n := math.RoundToEven(s)
		if math.Abs(n) >= 1e15 {
			break
		}
		if n/pow10[d] == v {
			e.d = d
			e.fixed(int64(n), d, math.Signbit(v) && v != 0)
			return
		}
	}
	e.buf = strconv.AppendFloat(e.buf, v, 'f', -1, 64)
}

// fixed appends n/10^d without trailing zeros.
func (e *encoder) fixed(n int64, d int, negative bool) {
	if negative {
		n = -n
		e.buf = append(e.buf, '-')
	}
	u := uint64(n)
	scale := uint64(pow10[d])
	whole, frac := u/scale, u%scale
	e.buf = strconv.AppendUint(e.buf, whole, 10)
	if frac == 0 {
		return
	}
	at := len(e.buf)
	e.buf = append(e.buf, ".0000000000000"[:d+1]...)
	for i := at + d; frac > 0; i-- {
		e.buf[i] = byte('0' + frac%10)
		frac /= 10
	}
	for e.buf[len(e.buf)-1] == '0' {
		e.buf = e.buf[:len(e.buf)-1]
	}
}

// digits appends v rounded to n significant digits and at most mostDecimals decimals; null when it is not finite.
func (e *encoder) digits(v float64, n int) {
	if !finite(v, v) {
		e.raw("null")
		return
	}
	if v == 0 {
		e.raw("0")
		return
	}
	var b [32]byte
	s, err := strconv.ParseFloat(string(strconv.AppendFloat(b[:0], v, 'e', n-1, 64)), 64)
	if err != nil || math.Abs(s) < 0.5e-15 {
		s = 0
	}
	if math.Abs(s) < 1 {
		e.decimals(s, mostDecimals)
		return
	}
	e.buf = strconv.AppendFloat(e.buf, s, 'f', -1, 64)
}

// decimals appends v rounded to d decimals, |v| below 2^53/10^d for an exact answer; null when it is not finite.
func (e *encoder) decimals(v float64, d int) {
	if !finite(v, v) {
		e.raw("null")
		return
	}
	if r := roundTo(v, d); finite(r, r) {
		v = r
	}
	e.buf = strconv.AppendFloat(e.buf, v, 'f', -1, 64)
}

const hex = "0123456789abcdef"

// text appends a JSON string. Bytes that are not UTF-8 become U+FFFD; the line separators U+2028 and U+2029 are escaped, so that a
// feature is one line for every reader.
func (e *encoder) text(s string) {
	b := append(e.buf, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, s[from:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\n':
				b = append(b, '\\', 'n')
			case '\r':
				b = append(b, '\\', 'r')
			case '\t':
				b = append(b, '\\', 't')
			default:
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			b = append(b, s[from:i]...)
			b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
			from = i + size
		}
		i += size
	}
	b = append(b, s[from:]...)
	e.buf = append(b, '"')
}

func (e *encoder) optText(s Opt[string]) {
	if !s.Known {
		e.raw("null")
		return
	}
	e.text(s.Value)
}

func (e *encoder) integer(n int64) { e.buf = strconv.AppendInt(e.buf, n, 10) }

func (e *encoder) optInt(n Opt[int]) {
	if !n.Known {
		e.raw("null")
		return
	}
	e.integer(int64(n.Value))
}

func (e *encoder) optDigits(v Opt[float64], n int) {
	if !v.Known {
		e.raw("null")
		return
	}
	e.digits(v.Value, n)
}

func (e *encoder) optDecimals(v Opt[float64], d int) {
	if !v.Known {
		e.raw("null")
		return
	}
	e.decimals(v.Value, d)
}

// optTime appends a time as RFC 3339 in UTC, with the fraction of a second that it has. Years that RFC 3339 cannot write become
// null and mark the encoder bad.
func (e *encoder) optTime(t Opt[time.Time]) {
	if !t.Known {
		e.raw("null")
		return
	}
	u := t.Value.UTC()
	if y := u.Year(); y < 0 || y > 9999 {
		e.raw("null")
		e.bad = true
		return
	}
	e.buf = append(e.buf, '"')
	e.buf = u.AppendFormat(e.buf, "2006-01-02T15:04:05.999999999Z")
	e.buf = append(e.buf, '"')
}

func (e *encoder) bbox(b Bbox) {
	for i, v := range b {
		e.buf = append(e.buf, "[,,,"[i])
		e.number(v)
	}
	e.buf = append(e.buf, ']')
}

func (e *encoder) geometry(g orb.Geometry) {
	switch g := g.(type) {
	case nil:
		e.raw("null")
	case orb.Polygon:
		e.raw(`{"type":"Polygon","coordinates":`)
		e.polygon(g)
		e.buf = append(e.buf, '}')
	case orb.MultiPolygon:
		e.raw(`{"type":"MultiPolygon","coordinates":[`)
		for i, p := range g {
			if i > 0 {
				e.buf = append(e.buf, ',')
			}
			e.polygon(p)
		}
		e.raw("]}")
	default:
		panic("geo: geometry of type " + g.GeoJSONType() + " in a feature")
	}
}

func (e *encoder) polygon(p orb.Polygon) {
	e.buf = append(e.buf, '[')
	for i, ring := range p {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, '[')
		for j, v := range ring {
			if j > 0 {
				e.buf = append(e.buf, ',')
			}
			e.buf = append(e.buf, '[')
			e.number(v[0])
			e.buf = append(e.buf, ',')
			e.number(v[1])
			e.buf = append(e.buf, ']')
		}
		e.buf = append(e.buf, ']')
	}
	e.buf = append(e.buf, ']')
}
