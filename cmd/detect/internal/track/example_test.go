package track_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"passdiff/cmd/detect/internal/track"
)

// Two passes go into a new store: one change is seen again, one was not looked at again by the second time.
func Example() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store := track.Store{Path: filepath.Join(dir, "site.gpkg"), Wait: time.Minute}
	first := hand(0, 1, seen{0, 10, ""}, seen{200, 210, ""}) // the second lies where hand looks at nothing but its detections
	second := hand(0, 2, seen{0.5, 10.5, ""})
	st, err := store.Update(context.Background(), track.Update{Feeds: feeds(first, second)})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range st.Positions {
		fmt.Printf("%s: %s, seen %d times in %d looks\n", p.ID, p.Status, p.Seen, p.Looked)
	}
	// Output:
	// p-d0-1-0: provisional, seen 2 times in 2 looks
	// p-d0-1-1: first, seen 1 times in 1 looks
}
