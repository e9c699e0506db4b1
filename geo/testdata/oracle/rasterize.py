"""Pixels of polygons by GDAL's rasteriser through rasterio, ALL_TOUCHED off.

standard input, a record per polygon: int32 width, height, 6 float64 of the affine in GDAL's order, int32 length, WKB of a polygon
or multipolygon in the affine's CRS. Answers width*height bytes 0 or 1. Little-endian.
"""
import struct
import sys

import numpy as np
from rasterio import Affine
from rasterio.features import rasterize
from shapely import wkb

stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = stdin.read(60)
    if len(head) < 60:
        break
    w, h, *gt, size = struct.unpack("<2i6di", head)
    g = wkb.loads(stdin.read(size))
    out = rasterize([(g, 1)], out_shape=(h, w), transform=Affine.from_gdal(*gt), dtype=np.uint8)
    stdout.write(out.tobytes())
    stdout.flush()
