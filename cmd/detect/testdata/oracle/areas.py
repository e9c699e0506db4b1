"""Areas of a rectangle of a raster's pixels and of the whole raster, on the ellipsoid, by geodesics (PROJ's Geod).

arguments: RASTER X0 Y0 X1 Y1 AOI. Writes the rectangle of columns X0 to X1 and rows Y0 to Y1 to AOI, a GeoJSON in longitude and latitude
with a vertex at every pixel, and prints both areas in square metres.
"""
import json
import sys

import numpy as np
import rasterio
from pyproj import Geod, Transformer

raster, x0, y0, x1, y1, aoi = sys.argv[1], *map(int, sys.argv[2:6]), sys.argv[6]
with rasterio.open(raster) as r:
    affine, width, height = r.transform, r.width, r.height
    lonlat = Transformer.from_crs(r.crs, "EPSG:4326", always_xy=True)


def outline(x0, y0, x1, y1):
    along, down = np.arange(x0, x1), np.arange(y0, y1)
    x = np.concatenate([along, np.full(len(down), x1), along[::-1] + 1, np.full(len(down), x0)])
    y = np.concatenate([np.full(len(along), y0), down, np.full(len(along), y1), down[::-1] + 1])
    return lonlat.transform(*(affine * (x.astype(float), y.astype(float))))


def area(lon, lat):
    return abs(Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0])


lon, lat = outline(x0, y0, x1, y1)
ring = [[float(a), float(b)] for a, b in zip(lon, lat)]
geometry = {"type": "Polygon", "coordinates": [ring + ring[:1]]}
with open(aoi, "w") as f:
    json.dump({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": geometry}]}, f)
print(area(lon, lat), area(*outline(0, 0, width, height)))
