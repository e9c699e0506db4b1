// What stands beside the pixels: nodata, masks, metadata, georeference, CRS.
#include "context.h"

char *gd_set_nodata(gd_env env, GDALRasterBandH band, double value) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALSetRasterNoDataValue(band, value);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_set_color_interp(gd_env env, GDALRasterBandH band, GDALColorInterp ci) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALSetRasterColorInterpretation(band, ci);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

gd_result gd_create_mask(gd_env env, GDALDatasetH ds, int flags) {
	gd_ctx ctx;
	gd_result r = {NULL, NULL};
	gd_begin(&ctx, env);
	if (GDALGetRasterCount(ds) == 0) {
		CPLError(CE_Failure, CPLE_AppDefined, "no raster band to make a mask for");
	} else {
		CPLErr e = GDALCreateDatasetMaskBand(ds, flags);
		gd_require(&ctx, e == CE_None, "CPL", e);
		if (e == CE_None) {
			r.handle = GDALGetMaskBand(GDALGetRasterBand(ds, 1));
			gd_require(&ctx, r.handle != NULL, "", 0);
		}
	}
	r.err = gd_end(&ctx);
	return r;
}

char *gd_set_metadata(gd_env env, GDALMajorObjectH object, const char *key, const char *value,
		      const char *domain) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALSetMetadataItem(object, key, value, domain);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_geotransform(gd_env env, GDALDatasetH ds, double *gt) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALGetGeoTransform(ds, gt);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_set_geotransform(gd_env env, GDALDatasetH ds, double *gt) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALSetGeoTransform(ds, gt);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_set_srs(gd_env env, GDALDatasetH ds, OGRSpatialReferenceH srs) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALSetSpatialRef(ds, srs);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

// new_srs makes an empty CRS whose coordinates are ordered x (longitude), y.
static OGRSpatialReferenceH new_srs(void) {
	OGRSpatialReferenceH srs = OSRNewSpatialReference(NULL);
	OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
	return srs;
}

static gd_result finish_srs(gd_ctx *ctx, OGRSpatialReferenceH srs, OGRErr e) {
	gd_require(ctx, e == OGRERR_NONE, "OGR", e);
	gd_result r = {srs, gd_end(ctx)};
	if (ctx->failed) {
		OSRRelease(srs);
		r.handle = NULL;
	}
	return r;
}

gd_result gd_srs_from_wkt(gd_env env, const char *wkt) {
	gd_ctx ctx;
	char *rest = (char *)wkt; // moved by the parser, not written to
	gd_begin(&ctx, env);
	OGRSpatialReferenceH srs = new_srs();
	return finish_srs(&ctx, srs, OSRImportFromWkt(srs, &rest));
}

gd_result gd_srs_from_epsg(gd_env env, int code) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	OGRSpatialReferenceH srs = new_srs();
	return finish_srs(&ctx, srs, OSRImportFromEPSG(srs, code));
}

gd_result gd_srs_wkt(gd_env env, OGRSpatialReferenceH srs) {
	gd_ctx ctx;
	char *wkt = NULL;
	gd_begin(&ctx, env);
	OGRErr e = OSRExportToWkt(srs, &wkt);
	gd_require(&ctx, e == OGRERR_NONE, "OGR", e);
	if (ctx.failed) {
		CPLFree(wkt);
		wkt = NULL;
	}
	gd_result r = {wkt, gd_end(&ctx)};
	return r;
}

gd_result gd_transform_new(gd_env env, OGRSpatialReferenceH src, OGRSpatialReferenceH dst) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	OGRCoordinateTransformationH tr = OCTNewCoordinateTransformation(src, dst);
	gd_require(&ctx, tr != NULL, "", 0);
	gd_result r = {tr, gd_end(&ctx)};
	if (ctx.failed && tr != NULL) {
		OCTDestroyCoordinateTransformation(tr);
		r.handle = NULL;
	}
	return r;
}

int gd_transform(OGRCoordinateTransformationH tr, int n, double *x, double *y, double *z, int *ok) {
	CPLPushErrorHandler(CPLQuietErrorHandler);
	int all = OCTTransformEx(tr, n, x, y, z, ok);
	CPLPopErrorHandler();
	return all;
}
