// Package gdal reads and writes scenes with GDAL: a Scene is a raster.Source over a file, a Sink writes a GeoTIFF, and LonLat
// takes coordinates of a CRS to longitude and latitude.
//
// # What is opened
//
// Files are other people's, so only GeoTIFF is allowed unless OpenOptions names more drivers, nothing but the file and its .msk
// is looked at, and the header is checked before a pixel is decoded. Whatever Open refuses is bad input; the error says the
// input, the fact and a way out.
//
// # What is measured
//
// A pixel of a block is measured (255 in Block.Valid) unless
//   - a band equals its nodata value there. Values are compared in the band's own type: a nodata value of 256 or 0.5 never
//     matches in a uint8 band, and one of 0.1 matches float32(0.1) in a float32 band;
//   - a band is NaN or infinite there;
//   - the dataset's mask (inside the file or beside it as .msk) is 0 there, or an alpha band is;
//   - its block was never written (see OpenOptions.AllowSparse).
//
// Stored values are returned: scale and offset are not applied.
//
// # Types
//
// Bands are read in the file's own type. When bands differ in type all are read as the smallest type that holds every value of
// each; with 64-bit integers that is float64, which rounds beyond 2^53, and Warnings says so. Complex bands are refused.
//
// # Handles
//
// GDAL's handles are not safe for concurrent use. Scene is, because each Reader has a handle of its own.
package gdal
