/* decode THREADS FILE…: read all pixels of all bands with GDAL and do nothing with them.
 *
 * Every thread has handles of its own. Windows are 512×512 pixels, or 64 rows of the whole width where a file is stored in strips; threads
 * take the next one, and read it from each file in turn. Files have the size, bands and type of the first.
 */
#include <gdal.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static char **paths;
static int files, width, height, bands, window_w, window_h, across, windows;
static GDALDataType type;
static atomic_int next;

static GDALDatasetH open_file(const char *path) {
	GDALDatasetH ds = GDALOpen(path, GA_ReadOnly);
	if (!ds) exit(1); /* GDAL has said why */
	return ds;
}

static void *work(void *unused) {
	GDALDatasetH *ds = malloc(files * sizeof *ds);
	void *pixels = malloc((size_t)window_w * window_h * bands * GDALGetDataTypeSizeBytes(type));
	for (int f = 0; f < files; f++) ds[f] = open_file(paths[f]);
	for (int i; (i = atomic_fetch_add(&next, 1)) < windows;) {
		int x = i % across * window_w, y = i / across * window_h;
		int w = width - x < window_w ? width - x : window_w, h = height - y < window_h ? height - y : window_h;
		for (int f = 0; f < files; f++)
			if (GDALDatasetRasterIO(ds[f], GF_Read, x, y, w, h, pixels, w, h, type, bands, NULL, 0, 0, 0) != CE_None) exit(1);
	}
	for (int f = 0; f < files; f++) GDALClose(ds[f]);
	free(pixels);
	free(ds);
	return unused;
}

int main(int argc, char **argv) {
	int threads = argc > 2 ? atoi(argv[1]) : 0;
	if (threads < 1) return fprintf(stderr, "usage: decode THREADS FILE…\n"), 2;
	paths = argv + 2, files = argc - 2;
	GDALAllRegister();
	GDALDatasetH ds = open_file(paths[0]);
	GDALRasterBandH band = GDALGetRasterBand(ds, 1);
	int block_w;
	width = GDALGetRasterXSize(ds), height = GDALGetRasterYSize(ds), bands = GDALGetRasterCount(ds), type = GDALGetRasterDataType(band);
	GDALGetBlockSize(band, &block_w, &(int){0});
	GDALClose(ds);
	window_w = block_w == width ? width : 512, window_h = block_w == width ? 64 : 512;
	across = (width + window_w - 1) / window_w, windows = across * ((height + window_h - 1) / window_h);
	pthread_t *ids = malloc(threads * sizeof *ids);
	for (int t = 0; t < threads; t++)
		if (pthread_create(&ids[t], NULL, work, NULL)) return perror("decode"), 1;
	for (int t = 0; t < threads; t++) pthread_join(ids[t], NULL);
	free(ids);
}
