"""Judges releases of random policies: release.py CASES.jsonl. Shares no code with detect: shapely and pyproj."""
import base64, datetime as dt, hashlib, hmac, json, math, sys

import pyproj
from shapely.geometry import Point, shape
from shapely.ops import transform, unary_union

GRID = pyproj.Transformer.from_crs(4326, 6933, always_xy=True)
CELL_PROPERTIES = set("obj_desc direction det_method status review_state confidence t_before t_after src_before src_after first_seen last_seen n_looked n_seen".split())
OTHERS = set("det_id schema tlp handling coordinateUncertaintyInMeters dataGeneralizations informationWithheld origins origins_any".split())


def when(s):
    return dt.datetime.fromisoformat(s.replace("Z", "+00:00"))


def value(o):
    """A value of which it may be unknown."""
    return o["Value"] if o and o["Known"] else None


def metres(a, b):
    """The least distance of two geometries in longitude and latitude, in a projection that keeps distances from the first."""
    lon, lat = a.centroid.coords[0]
    to = pyproj.Transformer.from_crs(4326, pyproj.CRS.from_proj4(f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84"), always_xy=True).transform
    return transform(to, a).distance(transform(to, b))


def may(case, f):
    """Whether a feature satisfies the policy: yes, no, or None when it lies so near the limit of a distance that nobody can say."""
    r, p = case["rules"], f["properties"]
    g = shape(f["geometry"])
    if not g.covers(Point(value(p["rep_lon"]), value(p["rep_lat"]))):
        return False, 0
    if f["no_onward"] or f["tlp"] not in ["", "TLP:CLEAR", "TLP:GREEN"] + ["TLP:AMBER"] * r["AmberClient"]:
        return False, 0
    if not r["Allow"] or not unary_union([shape(a) for a in r["Allow"]]).covers(g):
        return False, 0
    if any(shape(z).intersects(g) for z in r["Deny"] or []):
        return False, 0
    coarsen, unsure = 0, False
    for guard in r["Protected"] or []:
        # Longitudes of places on the other side of 180 degrees are brought to this side by the projection.
        d = min(metres(g, shape(z)) for z in guard["Places"])
        if d <= guard["Distance"] * 1.02 + 1:
            if d > guard["Distance"]:
                unsure = True
            if not (r["Approved"] or {}).get(f["id"]) and not (r["Approved"] or {}).get(p["det_id"]):
                return (None if unsure else False), 0
            coarsen = max(coarsen, guard["Coarsen"])
    if p["review_state"] != "accepted" and not (r["Review"] == 1 and p["review_state"] == "candidate"):
        return False, 0
    c = value(f["confidence"])
    if not r["AnyConfidence"] and (c is None or c < r["MinConfidence"]):
        return False, 0
    ranks = ["first", "provisional", "confirmed"]
    if r["MinStatus"] not in ("", "first") and (p["status"] not in ranks or ranks.index(p["status"]) < ranks.index(r["MinStatus"])):
        return False, 0
    if p["status"] == "finished" and case["embargo_s"] > 0:
        return False, 0
    newest = max(when(value(p[t])) for t in ("t_before", "t_after", "first_seen", "last_seen") if value(p[t]))
    if when(case["at"]) < newest + dt.timedelta(seconds=case["embargo_s"]):
        return False, 0
    return (None if unsure else True), coarsen


def cell(size, lon, lat):
    x, y = GRID.transform(lon, lat)
    c, r = math.floor(x / size), math.floor(y / size)
    w, s = GRID.transform(c * size, r * size, direction="INVERSE")
    e, n = GRID.transform((c + 1) * size, (r + 1) * size, direction="INVERSE")
    return max(w, -180) if w < 180 else w, s, (min(e, 180) if e > w else 180), n


def main():
    wrong, released, withheld, unsure = [], 0, 0, 0
    for line in open(sys.argv[1]):
        case = json.loads(line)
        key = bytes.fromhex(case["key"])
        name = lambda i: "r-" + base64.b32encode(hmac.new(key, i.encode(), hashlib.sha256).digest()).decode().lower()[:26]
        out = {f["id"]: f for f in case["released"]["features"]}
        complain = lambda f, what: wrong.append(f"case {case['seed']}: {f['id']}: {what}")
        if [f["id"] for f in case["released"]["features"]] != sorted(out):
            wrong.append(f"case {case['seed']}: ids are not sorted")
        r = case["rules"]
        for f in case["inputs"] or []:
            yes, coarsen = may(case, f)
            got = out.pop(name(f["id"]), None)
            if yes is None:
                unsure += 1
                continue
            if yes != (got is not None):
                complain(f, f"satisfies the policy: {yes}, released: {got is not None}")
            if not yes or got is None:
                withheld += 1
                continue
            released += 1
            size = max(r["Grid"], coarsen)
            given = shape(got["geometry"])
            if size:
                w, s, e, n = cell(size, value(f["properties"]["rep_lon"]), value(f["properties"]["rep_lat"]))
                if max(abs(a - b) for a, b in zip(given.bounds, (w, s, e, n))) > 1.1e-7 or len(given.exterior.coords) != 5:
                    complain(f, f"is told at {given.bounds}, and its cell is {(w, s, e, n)}")
                geod = pyproj.Geod(ellps="WGS84")
                _, y = GRID.transform(0, value(f["properties"]["rep_lat"]))
                lon, lat = (w + e) / 2, GRID.transform(0, (math.floor(y / size) + 0.5) * size, direction="INVERSE")[1]
                far = max(geod.inv(lon, lat, x, y)[2] for x, y in given.exterior.coords)
                if got["properties"]["coordinateUncertaintyInMeters"] < far - 0.02:
                    complain(f, f"says {got['properties']['coordinateUncertaintyInMeters']} m of uncertainty, and a corner is {far} m away")
            elif not given.equals(shape(f["geometry"])):
                complain(f, "is exact, and lies elsewhere")
            known = {k for k, v in got["properties"].items() if v is not None} - OTHERS
            allowed = set(r["Attributes"] or [])
            if size:
                allowed &= CELL_PROPERTIES
            if size > r["Grid"]:
                allowed -= {"t_before", "t_after", "first_seen", "last_seen"}
            if case["embargo_s"] > 0:
                allowed -= {"n_looked"}
            if not known <= allowed:
                complain(f, f"says {known - allowed}")
            for k in ("t_before", "t_after", "first_seen", "last_seen"):
                t = got["properties"].get(k)
                if t and (size or r["Times"]):
                    real, t = when(value(f["properties"][k])), when(t)
                    span = dt.timedelta(days=7 if r["Times"] == 2 else 1)
                    if t.time() != dt.time(0) or not t <= real < t + span or r["Times"] == 2 and t.weekday() != 0:
                        complain(f, f"says {k} is {t}, and it is {real}")
        for i in out:
            wrong.append(f"case {case['seed']}: {i} is released, and no input is it")
    print(f"{released} released, {withheld} withheld, {unsure} too near a limit to say; {len(wrong)} disagreements")
    print("\n".join(wrong[:20]))
    sys.exit(bool(wrong) or released < 50)


main()
