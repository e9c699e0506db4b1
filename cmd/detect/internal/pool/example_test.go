package pool_test

import (
	"context"
	"fmt"

	"passdiff/cmd/detect/internal/pool"
)

// Two outputs of our own show the same change in two passes.
func Example() {
	const text = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"%s","geometry":{"type":"Polygon","coordinates":[[[30,10],[30.001,10],[30.001,10.001],[30,10.001],[30,10]]]},"properties":{"t_after":"%s","src_after":"%[1]s"}}
]}`
	var p pool.Pool
	for scene, at := range map[string]string{"may": "2026-05-01T10:00:00Z", "june": "2026-05-20T10:00:00Z"} {
		if err := p.AddOutput(scene+".geojson", fmt.Appendf(nil, text, scene, at)); err != nil {
			panic(err)
		}
	}
	r, err := p.Combine(context.Background())
	if err != nil {
		panic(err)
	}
	f := r.Features[0]
	fmt.Println(r.Summary())
	fmt.Println(f.Get("n_observations"), f.Text("source_times"))
	// Output:
	// 1 features of 2: 1 have several sources, 0 of these by containment alone
	// 2 2026-05-01T10:00:00Z,2026-05-20T10:00:00Z
}
