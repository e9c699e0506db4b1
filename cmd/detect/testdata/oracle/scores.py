#!/usr/bin/python3
"""Computes what detect score says again, with numpy, scipy and rasterio, and complains of every number that differs.

Standard input has a line for each score: OUT, TRUTH, GRID ("" for that of the raster) and the JSON that detect wrote, with tabs between them.
Prints a line for each complaint, and at last "compared N numbers of M scores"."""
import json
import sys

import numpy as np
import rasterio
import rasterio.features
import rasterio.warp
from scipy import ndimage

BOUNDS = [1, 25, 100, 400, 1600, 10**12]
NAMES = ["under_25", "25_to_100", "100_to_400", "400_to_1600", "1600_up"]


def features(path):
    with open(path) as f:
        text = f.read()
    if path.endswith("l"):
        return [json.loads(line) for line in text.splitlines()]
    c = json.loads(text)
    return [dict(f, passdiff_space=c.get("passdiff_space")) for f in c["features"]]


def classes(path, grid):
    """The classes of a file on the grid of an open raster."""
    if path.endswith(".tif"):
        with rasterio.open(path) as r:
            v = r.read(1).astype(int)
            v[r.read_masks(1) == 0] = 255
            return v
    shapes = []
    for f in features(path):
        g = f["geometry"]
        if f.get("passdiff_space") == "pixel":
            g = dict(g, coordinates=[[(x, -y) for x, y in ring] for ring in g["coordinates"]])
            transform = rasterio.Affine.identity()
        else:
            g = rasterio.warp.transform_geom("OGC:CRS84", grid.crs, g)
            transform = grid.transform
        shapes.append((g, 1))
    if not shapes:
        return np.zeros(grid.shape, int)
    return rasterio.features.rasterize(shapes, out_shape=grid.shape, transform=transform).astype(int)


def ratio(a, b):
    return None if b == 0 else a / b


def estimate(n, area):
    """Olofsson et al. 2014 for two classes, unchanged first, in matrix form."""
    n, area = np.array(n, float), np.array(area, float)
    keep = area > 0
    rows = n.sum(1)
    if not keep.any() or (rows[keep] < 2).any():
        return {}
    w = np.where(keep, area / area.sum(), 0)
    p = np.divide(n, rows[:, None], out=np.zeros_like(n), where=keep[:, None])
    var = np.where(keep[:, None], p * (1 - p) / np.maximum(rows - 1, 1)[:, None], 0)
    pij = w[:, None] * p
    share = pij.sum(0)
    out = {"overall": np.trace(pij), "overall_se": np.sqrt((w**2 * np.diag(var)).sum())}
    se = area.sum() * np.sqrt((w[:, None] ** 2 * var).sum(0)[1])
    out |= {"changed": area.sum() * share[1], "changed_se": se}
    out |= {"changed_low": max(0, out["changed"] - 1.96 * se), "changed_high": min(area.sum(), out["changed"] + 1.96 * se)}
    for j, name in enumerate(["unchanged", "changed"]):
        out[f"users_{name}"] = p[j, j] if keep[j] else None
        out[f"users_{name}_se"] = np.sqrt(var[j, j]) if keep[j] else None
        if share[j] == 0:
            out[f"producers_{name}"] = out[f"producers_{name}_se"] = None
            continue
        q = pij[j, j] / share[j]
        other = 1 - j
        v = (w[j] ** 2 * (1 - q) ** 2 * var[j, j] + q**2 * w[other] ** 2 * var[other, j]) / share[j] ** 2
        out |= {f"producers_{name}": q, f"producers_{name}_se": np.sqrt(v)}
    return out


def score(m, t, pixel_area):
    lab, hit, truth = t != 255, m == 1, t == 1
    tp, fp = int((hit & truth).sum()), int((hit & (t == 0)).sum())
    fn, tn = int((~hit & truth).sum()), int((~hit & (t == 0)).sum())
    n = tp + fp + fn + tn
    lost = lab & (m == 255)
    pe = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / n**2
    pixels = {
        "labelled": n, "not_observed": int(lost.sum()), "not_observed_share": lost.sum() / n, "tp": tp, "fp": fp, "fn": fn, "tn": tn,
        "precision": ratio(tp, tp + fp), "recall": ratio(tp, tp + fn), "f1": ratio(2 * tp, 2 * tp + fp + fn), "iou": ratio(tp, tp + fp + fn),
        "kappa": ratio((tp + tn) / n - pe, 1 - pe), "commission": ratio(fp, tp + fp), "omission": ratio(fn, tp + fn), "flagged": (tp + fp) / n,
    }
    eight = np.ones((3, 3))
    kl, k = ndimage.label(truth, eight)
    fl, f = ndimage.label(hit & lab, eight)
    ks, fs = np.bincount(kl.ravel(), minlength=k + 1), np.bincount(fl.ravel(), minlength=f + 1)
    both = (kl > 0) & (fl > 0)
    pairs, c = np.unique(np.stack([kl[both], fl[both]]), axis=1, return_counts=True)
    good = (c >= 0.1 * ks[pairs[0]]) & (c >= 0.1 * fs[pairs[1]])
    flags = lambda ids, size: np.bincount(ids, minlength=size + 1) > 0
    kt, kg, ft, fg = flags(pairs[0], k), flags(pairs[0][good], k), flags(pairs[1], f), flags(pairs[1][good], f)
    kc, fc = np.bincount(kl[both], minlength=k + 1), np.bincount(fl[both], minlength=f + 1)

    def counts(lo, hi):
        a, b = (ks >= max(8, lo)) & (ks < hi), (fs >= lo) & (fs < hi)
        a[0] = b[0] = False
        d = {
            "truth": a.sum(), "truth_touched": (a & kt).sum(), "truth_matched": (a & kg).sum(),
            "detections": b.sum(), "detections_touching": (b & ft).sum(), "detections_matched": (b & fg).sum(),
        }
        d |= {"recall": ratio(d["truth_touched"], d["truth"]), "recall_matched": ratio(d["truth_matched"], d["truth"])}
        d |= {"precision": ratio(d["detections_touching"], d["detections"]), "precision_matched": ratio(d["detections_matched"], d["detections"])}
        px = {"truth_px": ks[a].sum(), "truth_px_found": kc[a].sum(), "detected_px": fs[b].sum(), "detected_px_right": fc[b].sum()}
        px |= {"pixel_recall": ratio(px["truth_px_found"], px["truth_px"]), "pixel_precision": ratio(px["detected_px_right"], px["detected_px"])}
        return d, px

    sizes = {}
    for i, name in enumerate(NAMES):
        d, px = counts(BOUNDS[i], BOUNDS[i + 1])
        sizes[name] = d | px
    mapped = [(m == 0).sum() * pixel_area, (m == 1).sum() * pixel_area]
    sample = [[int((lab & (m == i) & (t == j)).sum()) for j in (0, 1)] for i in (0, 1)]
    area = {"observed": sum(mapped), "mapped_changed": mapped[1], "sample_changed_px": sum(sample[1]), "sample_unchanged_px": sum(sample[0])}
    return {"pixels": pixels, "objects": counts(1, BOUNDS[-1])[0], "sizes": sizes, "area": area | estimate(sample, mapped)}


compared = scores = 0
for line in sys.stdin:
    out, truth, grid, written = line.rstrip("\n").split("\t")
    got = json.loads(written)
    got["sizes"] = {s["name"]: s for s in got["sizes"]}
    path = grid or next(p for p in (out, truth) if p.endswith(".tif"))
    with rasterio.open(path) as g:
        want = score(classes(out, g), classes(truth, g), got["grid"]["pixel_m2"] or 1)
        if g.crs and g.crs.is_projected:  # the mean ground area of a pixel is near that of the projection
            dx, dy = g.res
            if abs(got["grid"]["pixel_m2"] / (dx * dy) - 1) > 0.01:
                print(f"{out}: a pixel has {got['grid']['pixel_m2']} m²")
    scores += 1

    def walk(have, expect, name):
        global compared
        for key, v in expect.items():
            if isinstance(v, dict):
                walk(have[key], v, f"{name} {key}")
                continue
            compared += 1
            h = have[key]
            # pixels of a scene differ in ground area by some 1e-4
            tolerance = 0 if v is None else 1e-4 * max(1e-3, abs(v)) if name.endswith("area") else 1e-12 * max(1, abs(v))
            if (h is None) != (v is None) or v is not None and abs(h - v) > tolerance:
                print(f"{name} {key}: {h}, numpy has {v}")

    walk(got, want, f"{out} {truth}")
print(f"compared {compared} numbers of {scores} scores")
