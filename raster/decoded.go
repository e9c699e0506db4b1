package raster

import "sync"

// Decoded holds blocks of a pair that one Stream has decoded for another one to use, so that what was read for the sample is not decoded again.
// Each is used once. It is safe for concurrent use.
type Decoded struct {
	mu     sync.Mutex
	blocks [2]map[Window]*Block // by pass and the window of the scene
	room   int                  // bytes
}

// newDecoded holds at most so many bytes of pixels.
func newDecoded(room int) *Decoded {
	return &Decoded{blocks: [2]map[Window]*Block{{}, {}}, room: room}
}

// leastShare is the part of a block that must be asked for, at least, for the rest of it to be worth keeping: 1 in so many pixels. Strips of a
// wide scene would fill the memory for a few columns.
const leastShare = 8

// reserve makes room for all of a block of which a part is asked for; it reports whether there is any. No room is in nil.
func (d *Decoded) reserve(part, all Window, info Info) bool {
	if d == nil || part.Pixels()*leastShare < all.Pixels() {
		return false
	}
	n := int(all.Pixels()) * (info.Bands*info.Type.Size() + 2) // with a mask and its reasons
	d.mu.Lock()
	defer d.mu.Unlock()
	if n > d.room {
		return false
	}
	d.room -= n
	return true
}

// put takes a block for which there is room.
func (d *Decoded) put(pass int, b *Block) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.blocks[pass][b.Window] = b
}

// take hands out the block of a pass over a window of its scene; nil when it is not there. Nothing is in nil.
func (d *Decoded) take(pass int, w Window) *Block {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.blocks[pass][w]
	delete(d.blocks[pass], w)
	return b
}
