// Layers, features and geometries.
#include "context.h"

#include <stdlib.h>

gd_result gd_feature_count(gd_env env, OGRLayerH layer, GIntBig *n) {
	gd_ctx ctx;
	gd_begin(&ctx, env);
	*n = OGR_L_GetFeatureCount(layer, 1);
	gd_require(&ctx, *n >= 0, "", 0);
	gd_result r = {NULL, gd_end(&ctx)};
	return r;
}

gd_result gd_geometry_wkb(gd_env env, OGRGeometryH geometry, int *size) {
	gd_ctx ctx;
	gd_result r = {NULL, NULL};
	gd_begin(&ctx, env);
	*size = OGR_G_WkbSize(geometry);
	if (*size > 0 && (r.handle = malloc(*size)) != NULL) {
		OGRErr e = OGR_G_ExportToIsoWkb(geometry, wkbNDR, r.handle);
		gd_require(&ctx, e == OGRERR_NONE, "OGR", e);
	} else {
		gd_require(&ctx, *size <= 0, "", 0);
	}
	if (ctx.failed) {
		free(r.handle);
		r.handle = NULL;
		*size = 0;
	}
	r.err = gd_end(&ctx);
	return r;
}
