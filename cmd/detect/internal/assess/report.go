package assess

import (
	"encoding/json"
	"io"

	"passdiff/cmd/detect/internal/job"
)

// Schema names the form of the JSON object that a Report makes.
const Schema = "passdiff-assess/1"

// Report is the assessment of a pair with the verdict on it.
type Report struct {
	Schema  string   `json:"schema"`
	Verdict Verdict  `json:"verdict"`
	Reasons []Reason `json:"reasons"`
	*job.Assessment
}

// NewReport judges an assessment.
func NewReport(a *job.Assessment) *Report {
	r := &Report{Schema: Schema, Assessment: a}
	r.Verdict, r.Reasons = Judge(a)
	return r
}

// WriteJSON writes one indented object with all keys of Schema in their order; what is not known is null.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
