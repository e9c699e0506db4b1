"""Coordinates of a CRS to CRS84, by PROJ. Reads batches from standard input, answers on standard output.

usage: project.py CRS
batch: int32 n, n float64 x, n float64 y; the answer is n float64 longitudes, n float64 latitudes. Little-endian.
"""
import sys

import numpy as np
from pyproj import Transformer

to_map = Transformer.from_crs(sys.argv[1], "OGC:CRS84", always_xy=True)
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = stdin.read(4)
    if len(head) < 4:
        break
    n = int(np.frombuffer(head, "<i4")[0])
    xy = np.frombuffer(stdin.read(16 * n), "<f8")
    lon, lat = to_map.transform(xy[:n].copy(), xy[n:].copy())
    stdout.write(np.asarray(lon, "<f8").tobytes())
    stdout.write(np.asarray(lat, "<f8").tobytes())
    stdout.flush()
