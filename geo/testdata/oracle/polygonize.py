"""Outlines of 4-connected regions by GDAL's polygonizer, compared with given ones.

standard input, a record per mask: int32 width, height, width*height bytes 0 or 1, int32 number of polygons; each polygon is int32
length and WKB in pixel corners. Prints one line for every difference, then the counts.
"""
import struct
import sys

import numpy as np
from osgeo import gdal, ogr
from shapely import wkb
from shapely.validation import make_valid

gdal.UseExceptions()
stdin = sys.stdin.buffer


def number():
    b = stdin.read(4)
    return struct.unpack("<i", b)[0] if len(b) == 4 else None


def corner(p):
    """The topmost, then leftmost corner of the exterior: each region has its own."""
    return min((y, x) for x, y in p.exterior.coords)


masks = polygons = invalid = 0
while True:
    w = number()
    if w is None:
        break
    h = number()
    pixels = np.frombuffer(stdin.read(w * h), np.uint8).reshape(h, w)
    ours = {}
    for _ in range(number()):
        p = wkb.loads(stdin.read(number()))
        ours[corner(p)] = p
    raster = gdal.GetDriverByName("MEM").Create("", w, h, 1, gdal.GDT_Byte)
    raster.SetGeoTransform((0, 1, 0, 0, 0, 1))
    raster.GetRasterBand(1).WriteArray(pixels)
    vector = ogr.GetDriverByName("Memory").CreateDataSource("")
    layer = vector.CreateLayer("outlines", None, ogr.wkbPolygon)
    # The mask band keeps unchanged pixels out. Without 8CONNECTED the polygonizer joins along edges only.
    gdal.Polygonize(raster.GetRasterBand(1), raster.GetRasterBand(1), layer, -1, [])
    theirs = {}
    for f in layer:
        p = wkb.loads(bytes(f.GetGeometryRef().ExportToWkb()))
        theirs[corner(p)] = p
    if ours.keys() != theirs.keys():
        print("mask %d: %d regions, GDAL has %d" % (masks, len(ours), len(theirs)))
    for k in ours.keys() & theirs.keys():
        a, b = ours[k], theirs[k]
        if not b.is_valid:
            invalid += 1
            b = make_valid(b)
        if a.equals_exact(b, 0) or a.symmetric_difference(b).area == 0:
            polygons += 1
        else:
            print("mask %d, region at %s: symmetric difference %g" % (masks, k, a.symmetric_difference(b).area))
    masks += 1
print("compared", polygons, "polygons of", masks, "masks;", invalid, "of GDAL's were invalid and mended")
