// Datasets: opening, making, closing and reading pixels.
#define _GNU_SOURCE 1
#include <dlfcn.h>

#include "context.h"

int gd_register(const char *function) {
	void (*fn)(void);
	*(void **)&fn = dlsym(RTLD_DEFAULT, function);
	if (fn == NULL)
		return -1;
	fn();
	return 0;
}

// finish ends a call that made a dataset. One that came with an error is closed:
// the caller gets an error or a dataset, never both.
static gd_result finish(gd_ctx *ctx, GDALDatasetH ds) {
	gd_require(ctx, ds != NULL, "", 0);
	gd_result r = {ds, gd_end(ctx)};
	if (ctx->failed && ds != NULL) {
		CPLPushErrorHandler(CPLQuietErrorHandler);
		GDALClose(ds);
		CPLPopErrorHandler();
		r.handle = NULL;
	}
	return r;
}

// known_type guards GDAL's unchecked tables against types newer than the library.
static int known_type(GDALDataType type) {
	if (type >= GDT_Unknown && type < GDT_TypeCount)
		return 1;
	CPLError(CE_Failure, CPLE_NotSupported, "data type %d is unknown to this version of GDAL",
		 (int)type);
	return 0;
}

gd_result gd_open(gd_env env, const char *name, unsigned flags, char **drivers,
		  char **siblings) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	GDALDatasetH ds = GDALOpenEx(name, flags, (const char *const *)drivers, NULL,
				     (const char *const *)siblings);
	return finish(&ctx, ds);
}

gd_result gd_create(gd_env env, GDALDriverH driver, const char *name, int width, int height,
		    int bands, GDALDataType type, char **options) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	GDALDatasetH ds = NULL;
	if (known_type(type))
		ds = GDALCreate(driver, name, width, height, bands, type, options);
	return finish(&ctx, ds);
}

char *gd_close(gd_env env, GDALDatasetH ds) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	GDALClose(ds);
	return gd_end(&ctx);
}

gd_shape gd_band_shape(GDALRasterBandH band) {
	gd_shape s = {0};
	int set = 0;
	s.width = GDALGetRasterBandXSize(band);
	s.height = GDALGetRasterBandYSize(band);
	s.type = GDALGetRasterDataType(band);
	GDALGetBlockSize(band, &s.block_width, &s.block_height);
	s.scale = GDALGetRasterScale(band, &set);
	if (!set)
		s.scale = 1;
	s.offset = GDALGetRasterOffset(band, &set);
	if (!set)
		s.offset = 0;
	return s;
}

gd_shape gd_dataset_shape(GDALDatasetH ds) {
	gd_shape s = {0};
	int bands = GDALGetRasterCount(ds);
	if (bands > 0)
		s = gd_band_shape(GDALGetRasterBand(ds, 1));
	s.bands = bands;
	s.width = GDALGetRasterXSize(ds);
	s.height = GDALGetRasterYSize(ds);
	return s;
}

char *gd_dataset_io(gd_env env, GDALDatasetH ds, GDALRWFlag rw, gd_pixels px, int bands,
		    int *band_list) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = CE_Failure;
	if (known_type(px.type))
		e = GDALDatasetRasterIOEx(ds, rw, px.x, px.y, px.width, px.height, px.data,
					  px.width, px.height, px.type, bands, band_list,
					  px.pixel, px.line, px.band, NULL);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_band_io(gd_env env, GDALRasterBandH band, GDALRWFlag rw, gd_pixels px) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = CE_Failure;
	if (known_type(px.type))
		e = GDALRasterIOEx(band, rw, px.x, px.y, px.width, px.height, px.data,
				   px.width, px.height, px.type, px.pixel, px.line, NULL);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}

char *gd_build_overviews(gd_env env, GDALDatasetH ds, const char *resampling, int n, int *levels) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	CPLErr e = GDALBuildOverviews(ds, resampling, n, levels, 0, NULL, NULL, NULL);
	gd_require(&ctx, e == CE_None, "CPL", e);
	return gd_end(&ctx);
}
