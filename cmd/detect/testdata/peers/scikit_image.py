#!/usr/bin/python3
"""scikit_image.py BEFORE AFTER OUT.geojson

The usual Python chain from a pair to polygons in longitude and latitude: every band standardised, length of the difference, Otsu's
threshold, opening, areas of fewer than LEAST pixels dropped, outlines. Files are read once, whole, which GDAL decodes on all threads;
what numpy does goes over strips on a pool of threads.
"""
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import geopandas
import numpy as np
import rasterio
from rasterio.features import shapes
from shapely.geometry import shape
from skimage.filters import threshold_otsu
from skimage.morphology import binary_opening, diamond, remove_small_objects

ROWS = 256  # of a strip
BINS = 256  # of the histogram, as threshold_otsu has them
LEAST = int(os.environ.get("LEAST", 8))
WORKERS = int(os.environ.get("WORKERS", os.cpu_count()))


def read(path):
    with rasterio.open(path) as src:
        return src.read(), src.nodata, src.transform, src.crs


def main(before, after, out):
    with rasterio.Env(GDAL_NUM_THREADS=os.environ.get("GDAL_NUM_THREADS", "ALL_CPUS"), GDAL_CACHEMAX=512):
        passes, nodata, transforms, systems = zip(*map(read, (before, after)))
    if transforms[0] != transforms[1] or systems[0] != systems[1]:
        sys.exit("the passes lie on different grids")
    bands, height, width = passes[0].shape
    strips = [slice(y, min(y + ROWS, height)) for y in range(0, height, ROWS)]
    pool = ThreadPoolExecutor(WORKERS)
    valid = np.empty((height, width), bool)

    def sums(rows):
        ok = (passes[0][0, rows] != nodata[0]) & (passes[1][0, rows] != nodata[1])
        valid[rows] = ok
        inside = [[p[b, rows][ok].astype(np.float64) for b in range(bands)] for p in passes]
        return np.array([[[v.size, v.sum(), v @ v] for v in p] for p in inside])

    n, first, second = np.moveaxis(sum(pool.map(sums, strips)), 2, 0)
    mean = first / n
    scale = (1 / np.sqrt(second / n - mean**2)).astype(np.float32)
    mean = mean.astype(np.float32)
    length = np.empty((height, width), np.float32)

    def difference(rows):
        total = np.zeros((rows.stop - rows.start, width), np.float32)
        for b in range(bands):
            d = (passes[1][b, rows] - mean[1, b]) * scale[1, b]
            d -= (passes[0][b, rows] - mean[0, b]) * scale[0, b]
            d *= d
            total += d
        np.sqrt(total, out=total)
        total[~valid[rows]] = 0
        length[rows] = total
        return total.max()

    top = max(pool.map(difference, strips))
    del passes
    counts = sum(pool.map(lambda rows: np.histogram(length[rows][valid[rows]], BINS, (0, top))[0], strips))
    threshold = threshold_otsu(hist=(counts, (np.arange(BINS) + 0.5) * (top / BINS)))
    mask = binary_opening(length > threshold, diamond(1))
    del length
    mask = remove_small_objects(mask, LEAST, connectivity=1)
    outlines = [shape(g) for g, _ in shapes(mask.view(np.uint8), mask, connectivity=4, transform=transforms[0])]
    frame = geopandas.GeoDataFrame({"area_m2": [g.area for g in outlines]}, geometry=outlines, crs=systems[0])
    frame.to_crs("EPSG:4326").to_file(out, driver="GeoJSON")


main(*sys.argv[1:])
