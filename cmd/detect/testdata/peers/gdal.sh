#!/bin/bash
# gdal.sh BEFORE AFTER OUT.geojson
# GDAL's own tools from a pair of 4 bands to polygons in longitude and latitude: length of the difference over a fixed threshold, which its
# user has to know (THRESHOLD, in DN), areas of fewer than LEAST pixels dropped, outlines, EPSG:4326.
set -euo pipefail
before=$1 after=$2 out=$3
export GDAL_NUM_THREADS=${GDAL_NUM_THREADS:-ALL_CPUS} GDAL_CACHEMAX=${GDAL_CACHEMAX:-1024}
work=$(mktemp -d "${TMPDIR:-/tmp}/gdal.XXXXXX")
trap 'rm -rf "$work"' EXIT

bands=() sum=""
letters=(A B C D E F G H)
for b in 0 1 2 3; do
  x=${letters[b]} y=${letters[b + 4]}
  bands+=("-$x" "$before" "--${x}_band=$((b + 1))" "-$y" "$after" "--${y}_band=$((b + 1))")
  sum+="${sum:+ + }numpy.square($x.astype(numpy.float32) - $y)"
done
# Comparing squares saves the root.
limit=$(("${THRESHOLD:-900}" ** 2))
gdal_calc.py --quiet "${bands[@]}" --calc="(A != 0) & (E != 0) & ($sum > $limit)" --type=Byte --hideNoData --co=TILED=YES --outfile="$work/mask.tif"
gdal_sieve.py -q -4 -st "${LEAST:-8}" -nomask "$work/mask.tif" "$work/sieved.tif"
gdal_polygonize.py -q "$work/sieved.tif" -mask "$work/sieved.tif" -f FlatGeobuf "$work/outlines.fgb" outlines change
ogr2ogr -f GeoJSON -t_srs EPSG:4326 "$out" "$work/outlines.fgb"
