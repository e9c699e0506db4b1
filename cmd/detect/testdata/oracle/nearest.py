"""What a class raster rules out, by rasterio's nearest resampling, against a mask that detect wrote.

arguments: MASK CLASSES VALUES, with commas. Pixels of MASK are 255 where CLASSES has one of the values or does not reach. Prints the number of
pixels that differ, then those with one of the values and those out of reach.
"""
import sys

import numpy as np
import rasterio
from rasterio.warp import Resampling, reproject

FAR = 254  # no class
values = [int(v) for v in sys.argv[3].split(",")]
with rasterio.open(sys.argv[1]) as mask, rasterio.open(sys.argv[2]) as classes:
    near = np.full(mask.shape, FAR, np.uint8)
    # Without its nodata value, which would leave a class out.
    reproject(classes.read(1), near, src_transform=classes.transform, src_crs=classes.crs, dst_transform=mask.transform, dst_crs=mask.crs,
              resampling=Resampling.nearest, dst_nodata=FAR, init_dest_nodata=True, tolerance=0)
    ruled, far = np.isin(near, values), near == FAR
    print(int(((mask.read(1) == 255) != (ruled | far)).sum()), int(ruled.sum()), int(far.sum()))
