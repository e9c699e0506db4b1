#!/usr/bin/python3
"""Fits IR-MAD again with numpy and scipy, from the formulas of Nielsen 2007 (doi:10.1109/TIP.2006.888195), and compares with detect.

Arguments: BEFORE, AFTER, the raster of --score, the run record. All pixels measured in both passes are fitted: detect takes all of them, too,
up to 2**18. Prints the largest difference of a canonical correlation, the share of pixels that are unchanged, and the share about which both
agree."""
import json
import sys

import numpy as np
import rasterio
import scipy.linalg
from scipy import ndimage
from scipy.stats import chi2

LEVEL = 0.05  # of P(chi2 > Z) from which a pixel is unchanged
ROUNDS, DONE, RIDGE = 30, 1e-3, 1e-6  # detect's end of the iteration, and its ridge as a share of the mean variance


def read(path):
    with rasterio.open(path) as r:
        return r.read().astype(float), r.dataset_mask() != 0


def moments(v, w):
    mean = v @ w / w.sum()
    centred = v - mean[:, None]
    return mean, (centred * w) @ centred.T / w.sum()


def ridged(c):
    return c + RIDGE * np.trace(c) / len(c) * np.eye(len(c))


def fit(x, y):
    """Canonical correlations, ascending, and Z of every pixel. Sxy Syy^-1 Syx a = rho^2 Sxx a is solved as it stands."""
    n = len(x)
    w, old = np.ones(x.shape[1]), None
    for _ in range(ROUNDS):
        mean, cov = moments(np.vstack([x, y]), w)
        sxx, syy, sxy = ridged(cov[:n, :n]), ridged(cov[n:, n:]), cov[:n, n:]
        squares, a = scipy.linalg.eigh(sxy @ np.linalg.solve(syy, sxy.T), sxx)
        rho = np.sqrt(np.clip(squares, 0, None))
        b = np.linalg.solve(syy, sxy.T @ a) / rho
        mads = a.T @ (x - mean[:n, None]) - b.T @ (y - mean[n:, None])
        z = (mads**2 / (2 * (1 - rho))[:, None]).sum(0)
        if old is not None and abs(rho - old).max() < DONE:
            break
        old, w = rho, chi2.sf(z, n)
    return rho, z


def smooth(v, valid):
    """The Gaussian of 1 pixel, cut at 3, over measured pixels."""
    taps = np.exp(-np.arange(-3.0, 4) ** 2 / 2)
    both = [np.where(valid, v, 0), valid.astype(float)]
    for axis in (0, 1):
        both = [ndimage.convolve1d(p, taps, axis, mode="constant") for p in both]
    return both[0] / np.where(valid, both[1], 1)


before, after, scores, record = sys.argv[1:]
(x, vx), (y, vy) = read(before), read(after)
valid = vx & vy
assert valid.sum() <= 2**18
rho, z = fit(x[:, valid], y[:, valid])
with open(record) as f:
    got = json.load(f)["model"]["facts"]["canonical_correlations"]
root = np.zeros(valid.shape)
root[valid] = np.sqrt(z)
ours = chi2.sf(smooth(root, valid)[valid] ** 2, len(x)) > LEVEL
with rasterio.open(scores) as r:
    theirs = chi2.sf(r.read(1)[valid].astype(float) ** 2, len(x)) > LEVEL
print(abs(rho[::-1] - got).max(), ours.mean(), (ours == theirs).mean())
