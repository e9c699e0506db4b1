package raster

import "context"

// Info is what is known of a scene before a pixel is read.
type Info struct {
	// Name is the scene's name for people: the file name without folder and extension.
	Name string
	// Label names the scene in messages, as the user did; "" means Name.
	Label string
	Grid  Grid
	// Bands is the number of measured bands; an alpha band is a mask and does not count.
	Bands int
	Type  DataType
	// BlockW and BlockH are the size of the storage unit in pixels: reads aligned to it decode nothing twice.
	BlockW, BlockH int
	// Costly says that reading a block takes much longer than copying it: it is compressed, or computed.
	Costly bool
}

// label names the scene in messages.
func (i Info) label() string {
	if i.Label != "" {
		return i.Label
	}
	return i.Name
}

// Source is a scene that can be read. It is safe for concurrent use.
type Source interface {
	Info() Info
	// Reader opens an independent reader; each goroutine has its own. The caller closes it.
	Reader() (Reader, error)
}

// Reader reads pixels of one scene. It belongs to one goroutine.
type Reader interface {
	// Read fills b with the pixels of w, which lies inside the scene. It sets every value of every band and Valid; values of
	// valid pixels are finite, those of others may be anything. b has been shaped for the scene's bands and type and for w.
	Read(ctx context.Context, w Window, b *Block) error
	Close() error
}
