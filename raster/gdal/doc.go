// Package gdal reads and writes scenes with GDAL: a Scene is a raster.Source over a file, a Sink writes a GeoTIFF, and Transform
// and LonLat take coordinates of one CRS to another, or to longitude and latitude.
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
//   - its block was never written (see OpenOptions.AllowSparse); Block.Why then says raster.Missing.
//
// # Values
//
// Where a band that is read declares a scale or an offset other than 1 and 0, the values of all bands are v·scale + offset, computed in
// float64, as float32; as float64 where what is stored has more digits than float32. Passes and bands that declare different ones
// thus become comparable. Nodata is compared before. Facts.Scaling says what was done; OpenOptions.Raw leaves values as they are stored.
//
// # Another grid
//
// Resample puts a scene, a stack of bands or a masked one onto another grid, of any CRS, pixel size and direction, by raster.Resample: each pixel
// from its exact position, by PROJ, without approximation between positions and without a warped file.
//
// # Remote files
//
// Paths of GDAL's virtual file systems (/vsicurl/, /vsis3/ …) and web addresses need OpenOptions.AllowRemote. Credentials come from the
// environment. Queries and logins of addresses are left out of Facts, warnings and errors. Unless the environment says otherwise GDAL lists
// no folders there, tries three times more and gives up on dead connections.
//
// # Types
//
// Bands are read in the file's own type, unless they are scaled. When bands differ in type all are read as the smallest type that holds every value of
// each; with 64-bit integers that is float64, which rounds beyond 2^53, and Warnings says so. Complex bands are refused.
//
// # Handles
//
// GDAL's handles are not safe for concurrent use. Scene is, because each Reader has a handle of its own.
package gdal
