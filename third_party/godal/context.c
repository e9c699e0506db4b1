#include "context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

// append adds a line to the collected text. Without memory the text is lost, but
// not the fact that there was an error.
static void append(gd_ctx *ctx, const char *msg) {
	size_t have = ctx->err ? strlen(ctx->err) + 1 : 0;
	size_t len = strlen(msg) + 1;
	char *text = realloc(ctx->err, have + len);
	if (text == NULL)
		return;
	if (have > 0)
		text[have - 1] = '\n';
	memcpy(text + have, msg, len);
	ctx->err = text;
}

static void CPL_STDCALL on_message(CPLErr level, CPLErrorNum code, const char *msg) {
	gd_ctx *ctx = CPLGetErrorHandlerUserData();
	if (ctx->env.logger != 0) {
		if (godalLogMessage(ctx->env.logger, (int)level, (int)code, (char *)msg))
			ctx->failed = 1;
		return;
	}
	if (level < CE_Warning) {
		fprintf(stderr, "GDAL: %s\n", msg);
		return;
	}
	append(ctx, msg);
	ctx->failed = 1;
}

// set_config sets (or, with on == 0, unsets) the call's options; an entry without
// '=' is ignored.
static void set_config(char **config, int on) {
	for (; config != NULL && *config != NULL; config++) {
		char *eq = strchr(*config, '=');
		if (eq == NULL)
			continue;
		*eq = '\0';
		CPLSetThreadLocalConfigOption(*config, on ? eq + 1 : NULL);
		*eq = '=';
	}
}

void gd_begin(gd_ctx *ctx, gd_env env) {
	ctx->env = env;
	ctx->err = NULL;
	ctx->failed = 0;
	CPLPushErrorHandlerEx(on_message, ctx);
	set_config(env.config, 1);
}

char *gd_end(gd_ctx *ctx) {
	set_config(ctx->env.config, 0);
	CPLPopErrorHandler();
	return ctx->err;
}

void gd_require(gd_ctx *ctx, int succeeded, const char *what, int code) {
	if (succeeded || ctx->failed)
		return;
	if (code != 0)
		CPLError(CE_Failure, CPLE_AppDefined, "%s error %d without a message", what, code);
	else
		CPLError(CE_Failure, CPLE_AppDefined, "failed without a message");
}
