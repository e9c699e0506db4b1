// The C side of the binding: one function per GDAL call that can report a
// message. Each runs on one thread from begin to end, so that the error handler
// and the configuration options it sets are undone before it returns.
#ifndef PASSDIFF_GODAL_H
#define PASSDIFF_GODAL_H

#include <stdint.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

// GDAL 3.7 introduced signed bytes; older headers lack the name.
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 7, 0)
enum { gd_type_int8 = GDT_Int8 };
#else
enum { gd_type_int8 = 14 };
#endif

// gd_env is what a call needs besides its arguments.
typedef struct {
	uintptr_t logger; // handle of the Go error handler; 0: warnings are errors
	char **config;    // NULL, or a NULL-terminated list of KEY=VALUE
} gd_env;

// Every err below is NULL or a malloc'ed text which the caller frees. With a
// logger it is always NULL: the Go side has the errors already.
typedef struct {
	void *handle;
	char *err;
} gd_result;

typedef struct {
	int width, height, block_width, block_height, bands, type;
	double scale, offset;
} gd_shape;

typedef struct {
	int x, y, width, height;    // pixels, of the dataset and of the buffer
	void *data;                 // Go memory, used during the call only
	GDALDataType type;          // of one sample in the buffer
	GSpacing pixel, line, band; // bytes from one sample to the next
} gd_pixels;

int gd_register(const char *function);
gd_result gd_open(gd_env env, const char *name, unsigned flags, char **drivers,
		  char **siblings);
gd_result gd_create(gd_env env, GDALDriverH driver, const char *name, int width,
		    int height, int bands, GDALDataType type, char **options);
char *gd_close(gd_env env, GDALDatasetH ds);

gd_shape gd_dataset_shape(GDALDatasetH ds);
gd_shape gd_band_shape(GDALRasterBandH band);
char *gd_dataset_io(gd_env env, GDALDatasetH ds, GDALRWFlag rw, gd_pixels px,
		    int bands, int *band_list);
char *gd_band_io(gd_env env, GDALRasterBandH band, GDALRWFlag rw, gd_pixels px);

char *gd_build_overviews(gd_env env, GDALDatasetH ds, const char *resampling, int n,
			 int *levels);

char *gd_set_nodata(gd_env env, GDALRasterBandH band, double value);
char *gd_set_color_interp(gd_env env, GDALRasterBandH band, GDALColorInterp ci);
gd_result gd_create_mask(gd_env env, GDALDatasetH ds, int flags);
char *gd_set_metadata(gd_env env, GDALMajorObjectH object, const char *key,
		      const char *value, const char *domain);

char *gd_geotransform(gd_env env, GDALDatasetH ds, double *gt);
char *gd_set_geotransform(gd_env env, GDALDatasetH ds, double *gt);
char *gd_set_srs(gd_env env, GDALDatasetH ds, OGRSpatialReferenceH srs);

gd_result gd_srs_from_wkt(gd_env env, const char *wkt);
gd_result gd_srs_from_epsg(gd_env env, int code);
gd_result gd_srs_wkt(gd_env env, OGRSpatialReferenceH srs);
gd_result gd_transform_new(gd_env env, OGRSpatialReferenceH src, OGRSpatialReferenceH dst);
int gd_transform(OGRCoordinateTransformationH tr, int n, double *x, double *y,
		 double *z, int *ok);

gd_result gd_feature_count(gd_env env, OGRLayerH layer, GIntBig *n);
gd_result gd_geometry_wkb(gd_env env, OGRGeometryH geometry, int *size);

#endif
