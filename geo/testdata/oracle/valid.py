"""Validity by GEOS. Reads records from standard input and prints one line for every record that fails, then the count.

record: int32 length, WKB of a polygon or multipolygon, float64 x, y of a point that has to lie inside. Little-endian.
"""
import struct
import sys

from shapely import geos, wkb
from shapely.geometry import Point
from shapely.validation import explain_validity

stdin = sys.stdin.buffer
n = 0
while True:
    head = stdin.read(4)
    if len(head) < 4:
        break
    (size,) = struct.unpack("<i", head)
    g = wkb.loads(stdin.read(size))
    x, y = struct.unpack("<2d", stdin.read(16))
    if not g.is_valid:
        print("record %d: %s: %s" % (n, explain_validity(g), g.wkt[:300]))
    elif not g.contains(Point(x, y)):
        print("record %d: point %r %r not inside %s" % (n, x, y, g.wkt[:300]))
    n += 1
print("checked", n, "GEOS", geos.geos_version_string)
