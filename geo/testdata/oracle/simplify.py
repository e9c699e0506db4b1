"""Validity by GEOS of simplified outlines, and whether those of one mask overlap.

standard input, a record per mask: int32 number of polygons; each polygon is int32 length and WKB of the outline, then the same of
the simplified one. Prints a line for every polygon that is invalid, has other rings than its outline, or shares interior with
another, then the counts. Little-endian.
"""
import struct
import sys
import warnings

from shapely import wkb
from shapely.strtree import STRtree
from shapely.validation import explain_validity

warnings.simplefilter("ignore")  # that shapely 2 will be different
stdin = sys.stdin.buffer


def number():
    b = stdin.read(4)
    return struct.unpack("<i", b)[0] if len(b) == 4 else None


polygons = pairs = masks = 0
while True:
    n = number()
    if n is None:
        break
    shapes = []
    for _ in range(n):
        before, after = wkb.loads(stdin.read(number())), wkb.loads(stdin.read(number()))
        if not after.is_valid:
            print("polygon %d: %s: %s" % (polygons, explain_validity(after), after.wkt[:300]))
        if len(before.interiors) != len(after.interiors) or after.is_empty or after.area <= 0:
            print("polygon %d: lost a ring: %s" % (polygons, after.wkt[:300]))
        shapes.append(after)
        polygons += 1
    masks += 1
    tree = STRtree(shapes)
    index = {id(s): i for i, s in enumerate(shapes)}
    for i, a in enumerate(shapes):
        for b in tree.query(a):
            # shapely 1 answers with geometries, 2 with their indices.
            j = index[id(b)] if id(b) in index else int(b)
            b = shapes[j]
            if j > i:
                pairs += 1
                if a.relate_pattern(b, "T********"):
                    print("mask %d: %s overlaps %s" % (masks - 1, a.wkt[:300], b.wkt[:300]))
print("checked", polygons, "polygons,", pairs, "pairs whose boxes meet, of", masks, "masks")
