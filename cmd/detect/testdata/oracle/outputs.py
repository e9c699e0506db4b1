"""Outputs of detect, looked at by GEOS, PROJ and GDAL.

standard input: a line per run, OUT and its mask raster separated by a tab. For every feature: valid, not empty, closed, exterior rings
counter-clockwise and holes clockwise, bbox that of the geometry. For every run: its polygons, taken back to the grid of the mask and
rasterised by pixel centres, are the mask's changed pixels. Prints a line for every difference, then the counts.
"""
import json
import sys
import warnings

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.features import rasterize
from shapely.geometry import mapping, shape
from shapely.ops import transform
from shapely.validation import explain_validity

warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)  # masks in pixel space are not
features = rasters = 0


for line in sys.stdin:
    out, mask = line.rstrip("\n").split("\t")
    with open(out) as f:
        collection = json.load(f)
    with rasterio.open(mask) as m:
        pixels, crs, affine = m.read(1), m.crs, ~m.transform
    # Pixel space has rows downwards as negative numbers.
    pixel_space = collection.get("passdiff_space") == "pixel"
    # Not from OGC:CRS84, for which PROJ knows other transformations to some datums than for EPSG:4326: a metre elsewhere for NAD83.
    to_crs = None if pixel_space else Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def to_grid(x, y):
        x, y = np.asarray(x), np.asarray(y)
        if pixel_space:
            return x, -y
        x, y = to_crs.transform(x, y)
        return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f

    shapes = []
    for f in collection["features"]:
        g, name = shape(f["geometry"]), "%s: %s" % (out, f["id"])
        features += 1
        if not g.is_valid:
            print(name, explain_validity(g))
        if g.is_empty or not g.area > 0:
            print(name, "is empty")
        for p in getattr(g, "geoms", [g]):
            if not p.exterior.is_ccw or any(r.is_ccw for r in p.interiors):
                print(name, "is not right-handed")
        parts = f["geometry"]["coordinates"]
        for r in [r for p in ([parts] if f["geometry"]["type"] == "Polygon" else parts) for r in p]:
            if r[0] != r[-1] or len(r) < 4:
                print(name, "has an open ring")
        if list(g.bounds) != f["bbox"]:
            print(name, "has bbox", f["bbox"], "and lies in", g.bounds)
        shapes.append((mapping(transform(to_grid, g)), 1))
    back = rasterize(shapes, pixels.shape, dtype="uint8") if shapes else np.zeros_like(pixels)
    wrong = int(((pixels == 1) != (back == 1)).sum())
    if wrong:
        print(out, "differs from its mask in", wrong, "of", int((pixels == 1).sum()), "pixels")
    if not set(np.unique(pixels)) <= {0, 1, 255}:
        print(mask, "holds", np.unique(pixels))
    rasters += 1
print("compared", features, "features of", rasters, "runs")
