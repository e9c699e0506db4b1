"""Area and length of closed rings on the WGS 84 ellipsoid.

standard input, a record per region: int32 number of rings; each ring is int32 n, n float64 longitudes, n float64 latitudes, not
closed; the first ring is the exterior. Answers float64 area and length of all rings. Little-endian.

Rings of 5 km or more are summed as geodesic polygons by PROJ, whose area errs by about 0.1 m². Smaller ones are projected onto a
tangent plane in extended precision, which is 1e-6 too small at 5 km and exact for small ones. Lengths are geodesics.
"""
import struct
import sys

import numpy as np
from pyproj import Geod

geod = Geod(ellps="WGS84")
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
L = np.longdouble
a, f = L("6378137"), 1 / L("298.257223563")
e2 = f * (2 - f)


def space(lon, lat):
    n = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    return np.stack([n * np.cos(lat) * np.cos(lon), n * np.cos(lat) * np.sin(lon), n * (1 - e2) * np.sin(lat)])


def ring_area(lon, lat):
    deg = np.arctan(L(1)) / 45
    p = space(lon.astype(L) * deg, lat.astype(L) * deg)
    d = p - p[:, :1]
    if np.sqrt((d.astype(float) ** 2).sum(0)).max() >= 5000:
        return abs(geod.polygon_area_perimeter(lon, lat)[0])
    lam, phi = lon[0].astype(L) * deg, lat[0].astype(L) * deg
    east = -np.sin(lam) * d[0] + np.cos(lam) * d[1]
    north = -np.sin(phi) * np.cos(lam) * d[0] - np.sin(phi) * np.sin(lam) * d[1] + np.cos(phi) * d[2]
    return abs(float((east * np.roll(north, -1) - np.roll(east, -1) * north).sum() / 2))


while True:
    head = stdin.read(4)
    if len(head) < 4:
        break
    area = length = 0.0
    for k in range(struct.unpack("<i", head)[0]):
        (n,) = struct.unpack("<i", stdin.read(4))
        lon, lat = np.frombuffer(stdin.read(8 * n), "<f8"), np.frombuffer(stdin.read(8 * n), "<f8")
        area += ring_area(lon, lat) if k == 0 else -ring_area(lon, lat)
        length += geod.line_length(np.append(lon, lon[0]), np.append(lat, lat[0]))
    stdout.write(struct.pack("<2d", area, length))
    stdout.flush()
