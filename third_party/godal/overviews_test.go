package godal_test

import (
	"path/filepath"
	"testing"

	"github.com/airbusgeo/godal"
)

func TestBuildOverviews(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	ds := must(godal.Create(godal.GTiff, path, 1, godal.Byte, 512, 512, godal.CreationOption("TILED=YES", "COMPRESS=DEFLATE")))(t)
	check(t, ds.Close())
	for _, alg := range []godal.ResamplingAlg{godal.Nearest, godal.Average, godal.Mode} {
		ds = must(godal.Open(path, godal.Update()))(t)
		check(t, ds.BuildOverviews(godal.Levels(2, 4), godal.Resampling(alg), godal.ConfigOption("GDAL_TIFF_OVR_BLOCKSIZE=64")))
		check(t, ds.Close())
		if alg.String() == "" {
			t.Errorf("algorithm %d has no name", alg)
		}
	}
	ds = must(godal.Open(path, godal.Update()))(t)
	defer func() { check(t, ds.Close()) }()
	if err := ds.BuildOverviews(godal.Levels(-1)); err == nil {
		t.Error("a negative level was accepted")
	}
}

func TestDescriptionAndScale(t *testing.T) {
	ds := must(godal.Open(`<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1">`+
		`<Description>B02</Description><Offset>-0.2</Offset><Scale>0.5</Scale></VRTRasterBand>`+
		`<VRTRasterBand dataType="Byte" band="2"/></VRTDataset>`, godal.Drivers("VRT")))(t)
	defer func() { check(t, ds.Close()) }()
	first, second := ds.Bands()[0], ds.Bands()[1]
	if st := first.Structure(); first.Description() != "B02" || st.Scale != 0.5 || st.Offset != -0.2 {
		t.Errorf("%q %+v", first.Description(), st)
	}
	if st := second.Structure(); second.Description() != "" || st.Scale != 1 || st.Offset != 0 {
		t.Errorf("%q %+v", second.Description(), st)
	}
}
