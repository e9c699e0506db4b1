package jobs

import (
	"os"
	"path/filepath"
	"testing"

	"passdiff/cmd/detect/internal/form"
)

// FuzzDocument wants any file to be read or refused, with a line for each complaint.
func FuzzDocument(f *testing.F) {
	for _, seed := range []string{"", "#", "---", "x", "[]", "{}", "version: 1", "? [a]\n: b", "a: &a [*a]", "version: 1\njobs:\n - {id: 1, <<: {a: b}}", "a: !!binary x\n---\nb: c",
		"version: 1\njobs:\n- {id: a, before: [], after: {}, series: 3, aoi: a, aois: b, options: {mmu: null, fill: .nan, tile: 0x10, bands: [[1]]}, outputs: [x, x]}", Example("t")} {
		f.Add([]byte(seed))
	}
	path := filepath.Join(f.TempDir(), "jobs.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := jobsForm.Read(path)
		if err == nil && (form.Get(d.Root, "jobs") == nil || form.Text(form.Get(d.Root, "version")) == "") {
			t.Errorf("%q fits the schema", data)
		}
	})
}
