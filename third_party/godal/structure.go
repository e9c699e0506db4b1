package godal

/*
#include "godal.h"
*/
import "C"

// DataType is the type of a sample.
type DataType int

// The data types of buffers; files may have others, which String names. Int8 needs
// GDAL 3.7 at run time: before, such files are Byte with PIXELTYPE=SIGNEDBYTE in
// the metadata domain IMAGE_STRUCTURE.
const (
	Byte    = DataType(C.GDT_Byte)
	UInt16  = DataType(C.GDT_UInt16)
	Int8    = DataType(C.gd_type_int8)
	Int16   = DataType(C.GDT_Int16)
	UInt32  = DataType(C.GDT_UInt32)
	Int32   = DataType(C.GDT_Int32)
	Float32 = DataType(C.GDT_Float32)
	Float64 = DataType(C.GDT_Float64)
)

// String returns GDAL's name of the type; "" for one the library does not know.
func (dtype DataType) String() string {
	return C.GoString(C.GDALGetDataTypeName(C.GDALDataType(dtype)))
}

// BandStructure describes a band. Sizes are in pixels; Scale and Offset turn a
// stored value v into v·Scale + Offset and are 1 and 0 where the file has none.
type BandStructure struct {
	SizeX, SizeY           int
	BlockSizeX, BlockSizeY int
	Scale, Offset          float64
	DataType               DataType
}

// DatasetStructure describes a dataset: its size, the blocks and type of its first
// band, and the number of bands. Other bands may differ from the first.
type DatasetStructure struct {
	BandStructure
	NBands int
}

// Structure describes the band.
func (band Band) Structure() BandStructure { return bandStructure(C.gd_band_shape(band.handle())) }

// Structure describes the dataset.
func (ds *Dataset) Structure() DatasetStructure {
	s := C.gd_dataset_shape(ds.handle())
	return DatasetStructure{BandStructure: bandStructure(s), NBands: int(s.bands)}
}

func bandStructure(s C.gd_shape) BandStructure {
	return BandStructure{
		SizeX: int(s.width), SizeY: int(s.height),
		BlockSizeX: int(s.block_width), BlockSizeY: int(s.block_height),
		Scale: float64(s.scale), Offset: float64(s.offset),
		DataType: DataType(s._type),
	}
}

// Block is the part of one storage block that lies inside the raster, in pixels.
type Block struct {
	X0, Y0 int // upper left pixel
	W, H   int // smaller than the block at the right and lower edge
	of     BandStructure
}

// FirstBlock returns the upper left block. The block size must not be 0.
func (s BandStructure) FirstBlock() Block { return s.blockAt(0, 0) }

func (s BandStructure) blockAt(x, y int) Block {
	return Block{
		X0: x, Y0: y,
		W:  min(s.BlockSizeX, s.SizeX-x),
		H:  min(s.BlockSizeY, s.SizeY-y),
		of: s,
	}
}

// Next returns the block to the right or, at the end of a row of blocks, the first
// of the next row; false after the last block.
func (b Block) Next() (Block, bool) {
	x, y := b.X0+b.of.BlockSizeX, b.Y0
	if x >= b.of.SizeX {
		x, y = 0, y+b.of.BlockSizeY
	}
	if y >= b.of.SizeY {
		return Block{}, false
	}
	return b.of.blockAt(x, y), true
}
