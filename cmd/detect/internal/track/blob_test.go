package track

import (
	"reflect"
	"testing"

	"github.com/paulmach/orb"
)

func TestBlob(t *testing.T) {
	m := append(box(1, 2, 3, 4), box(5, 6, 7, 8)...)
	b, err := blob(m)
	if err != nil {
		t.Fatal(err)
	}
	// magic, version 0, little-endian with a box, EPSG:4326
	if string(b[:2]) != "GP" || b[2] != 0 || b[3] != 3 || b[4] != 0xe6 || b[5] != 0x10 {
		t.Errorf("the head is % x", b[:8])
	}
	if got, err := unblob(b); err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("%v, %v", got, err)
	}
	if got, ok := blobBound(b); !ok || got != (orb.Bound{Min: orb.Point{1, 2}, Max: orb.Point{7, 8}}) {
		t.Errorf("box %v, %v", got, ok)
	}
	bare := append([]byte{'G', 'P', 0, 1, 0xe6, 0x10, 0, 0}, b[blobWithBox:]...)
	if got, err := unblob(bare); err != nil || !reflect.DeepEqual(got, m) {
		t.Errorf("without a box: %v, %v", got, err)
	}
	if _, ok := blobBound(bare); ok {
		t.Error("a box where there is none")
	}
	if b, err := blob(nil); b != nil || err != nil {
		t.Errorf("of nothing: %v, %v", b, err)
	}
	for _, bad := range [][]byte{{}, []byte("GP"), []byte("XX000000000000"), b[:20], b[:len(b)-3], b[:blobWithBox]} {
		if g, err := unblob(bad); err == nil {
			t.Errorf("% x is read as %v", bad, g)
		}
	}
}
