// The context of one call, shared by the C files.
#ifndef PASSDIFF_GODAL_CONTEXT_H
#define PASSDIFF_GODAL_CONTEXT_H

#include "godal.h"

typedef struct {
	gd_env env;
	char *err;  // messages so far, one per line
	int failed; // a message counted as an error
} gd_ctx;

// gd_begin sets the error handler and the configuration options of this thread.
// ctx must stay where it is until gd_end.
void gd_begin(gd_ctx *ctx, gd_env env);

// gd_end undoes gd_begin and hands over the collected text.
char *gd_end(gd_ctx *ctx);

// gd_require reports an error when the call did not succeed and GDAL gave no
// reason that counted as one.
void gd_require(gd_ctx *ctx, int succeeded, const char *what, int code);

#endif
