// Package ogr reads areas (AOIs, zones) from vector files through GDAL's OGR.
//
// Only formats of an allow-list are opened, and only those in which a file says all of itself or has its parts beside it under its own
// name: GeoJSON (also a feature a line), GeoPackage, ESRI Shapefile, FlatGeobuf and KML. Web addresses and other paths that are no files are refused.
package ogr
