#!/bin/bash
# otb.sh BEFORE AFTER OUT.geojson
# Orfeo ToolBox from a pair of 4 bands to a mask of change, streamed on all threads: length of the difference over a fixed threshold, which
# its user has to know (THRESHOLD, in DN). GDAL's tools then drop areas of fewer than LEAST pixels and write outlines in EPSG:4326.
set -euo pipefail
before=$1 after=$2 out=$3
export GDAL_NUM_THREADS=${GDAL_NUM_THREADS:-ALL_CPUS} GDAL_CACHEMAX=${GDAL_CACHEMAX:-1024} OTB_LOGGER_LEVEL=WARNING
work=$(mktemp -d "${TMPDIR:-/tmp}/otb.XXXXXX")
trap 'rm -rf "$work"' EXIT

sum=""
for b in 1 2 3 4; do
  d="(im1b$b - im2b$b)"
  sum+="${sum:+ + }$d * $d"
done
limit=$(("${THRESHOLD:-900}" ** 2))
otbcli_BandMath -il "$before" "$after" -exp "(im1b1 != 0 && im2b1 != 0 && $sum > $limit) ? 1 : 0" \
  -out "$work/mask.tif?&gdal:co:TILED=YES" uint8 -ram "${RAM:-2048}" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
gdal_sieve.py -q -4 -st "${LEAST:-8}" -nomask "$work/mask.tif" "$work/sieved.tif"
gdal_polygonize.py -q "$work/sieved.tif" -mask "$work/sieved.tif" -f FlatGeobuf "$work/outlines.fgb" outlines change
ogr2ogr -f GeoJSON -t_srs EPSG:4326 "$out" "$work/outlines.fgb"
