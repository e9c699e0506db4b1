#!/bin/bash
# otb_mad.sh BEFORE AFTER OUT.tif
# Orfeo ToolBox's multivariate alteration detection: one iteration of what IR-MAD repeats with other weights, and no more than the rasters
# of its variates, without threshold or outlines.
set -euo pipefail
export GDAL_NUM_THREADS=${GDAL_NUM_THREADS:-ALL_CPUS} GDAL_CACHEMAX=${GDAL_CACHEMAX:-1024} OTB_LOGGER_LEVEL=WARNING
said=$(otbcli_MultivariateAlterationDetector -in1 "$1" -in2 "$2" -out "$3" float -ram "${RAM:-2048}" 2>&1) || { echo "$said" >&2; exit 1; }
