package raster

import "fmt"

// DataType is the numeric type in which a file stores its pixels. Complex types are not among them: they are refused on opening.
type DataType uint8

// The zero value is not a valid type.
const (
	Uint8 DataType = iota + 1
	Int8
	Uint16
	Int16
	Uint32
	Int32
	Float32
	Float64
)

var dataTypes = [...]struct {
	name string
	size int
}{
	Uint8: {"uint8", 1}, Int8: {"int8", 1}, Uint16: {"uint16", 2}, Int16: {"int16", 2},
	Uint32: {"uint32", 4}, Int32: {"int32", 4}, Float32: {"float32", 4}, Float64: {"float64", 8},
}

// Size is the number of bytes of one value; 0 for an invalid type.
func (t DataType) Size() int {
	if int(t) >= len(dataTypes) {
		return 0
	}
	return dataTypes[t].size
}

// String is the numpy name of the type.
func (t DataType) String() string {
	if t.Size() == 0 {
		return fmt.Sprintf("DataType(%d)", uint8(t))
	}
	return dataTypes[t].name
}

// holds reports whether a pixel of the type can have a whole value.
func (t DataType) holds(v int64) bool {
	bits := 8 * t.Size()
	switch t {
	case Uint8, Uint16, Uint32:
		return v >= 0 && v < 1<<bits
	case Int8, Int16, Int32:
		return v >= -1<<(bits-1) && v < 1<<(bits-1)
	}
	return true
}
