package godal_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/airbusgeo/godal"
)

// GDAL's GMF_ flags.
const (
	allValid   = 1
	perDataset = 2
	alpha      = 4
	noData     = 8
)

func TestVersion(t *testing.T) {
	v := godal.Version()
	if v.Major() < 3 || v.Minor() > 99 || v.Revision() > 99 {
		t.Errorf("version %d is %d.%d.%d", v, v.Major(), v.Minor(), v.Revision())
	}
	v = godal.LibVersion(3060200)
	if v.Major() != 3 || v.Minor() != 6 || v.Revision() != 2 {
		t.Errorf("3060200 is %d.%d.%d", v.Major(), v.Minor(), v.Revision())
	}
}

func TestUnknownDriver(t *testing.T) {
	if err := godal.RegisterRaster("NoSuchDriver"); err == nil {
		t.Error("registered a driver that does not exist")
	}
	if _, err := godal.Create("NoSuchDriver", "", 1, godal.Byte, 1, 1); err == nil {
		t.Error("created with a driver that does not exist")
	}
}

func TestOpenMissingFile(t *testing.T) {
	if ds, err := godal.Open(filepath.Join(t.TempDir(), "none.tif")); err == nil || ds != nil {
		t.Errorf("got %v, %v", ds, err)
	}
}

func TestSecondCloseIsError(t *testing.T) {
	ds, err := godal.Open(writeTIFF(t, nil))
	check(t, err)
	check(t, ds.Close())
	if ds.Close() == nil {
		t.Error("no error")
	}
}

func TestCloseReportsFailedWrite(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "full.tif")
	check(t, os.Symlink("/dev/full", path))
	ds, err := godal.Create(godal.GTiff, path, 1, godal.Byte, 512, 512)
	if err == nil {
		err = ds.Write(0, 0, make([]byte, 512*512), 512, 512)
		if cerr := ds.Close(); err == nil {
			err = cerr
		}
	}
	if err == nil {
		t.Error("writing to a full device is not an error")
	}
}

func TestOpenIsReadOnlyWithoutUpdate(t *testing.T) {
	path := writeTIFF(t, nil)
	ds, err := godal.Open(path)
	check(t, err)
	if err := ds.Write(0, 0, []byte{1}, 1, 1); err == nil {
		t.Error("wrote to a file opened for reading")
	}
	check(t, ds.Close())
	ds, err = godal.Open(path, godal.Update())
	check(t, err)
	check(t, ds.Write(0, 0, []byte{1}, 1, 1))
	check(t, ds.Close())
}

func TestDriversIsAnAllowList(t *testing.T) {
	ds, err := godal.Open(writeTIFF(t, nil), godal.Drivers("GTiff"), godal.RasterOnly())
	check(t, err)
	check(t, ds.Close())
	// A VRT may hide behind the name of a TIFF, and refer to any file.
	disguised := filepath.Join(t.TempDir(), "disguised.tif")
	vrt := `<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Byte" band="1"/></VRTDataset>`
	check(t, os.WriteFile(disguised, []byte(vrt), 0o600))

	if _, err := godal.Open(disguised, godal.Drivers("GTiff")); err == nil {
		t.Error("the allow-list let a VRT through")
	}
	ds, err = godal.Open(disguised, godal.Drivers("GTiff", "VRT"))
	check(t, err)
	check(t, ds.Close())
}

func TestSidecarsAreHidden(t *testing.T) {
	path := writeTIFF(t, func(ds *godal.Dataset) {
		_, err := ds.CreateMaskBand(perDataset)
		check(t, err)
	})
	if _, err := os.Stat(path + ".msk"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		opts []godal.OpenOption
		want int
	}{
		{"default", nil, allValid},
		{"named", []godal.OpenOption{godal.SiblingFiles("scene.tif.msk")}, perDataset},
		{"another named", []godal.OpenOption{godal.SiblingFiles("scene.tif.ovr")}, allValid},
		{"all", []godal.OpenOption{godal.SiblingFiles()}, perDataset},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds, err := godal.Open(path, c.opts...)
			check(t, err)
			if got := ds.Bands()[0].MaskFlags(); got != c.want {
				t.Errorf("mask flags %d, want %d", got, c.want)
			}
			check(t, ds.Close())
		})
	}
}

func TestCreateMaskBandInside(t *testing.T) {
	path := writeTIFF(t, func(ds *godal.Dataset) {
		mask, err := ds.CreateMaskBand(perDataset, godal.ConfigOption("GDAL_TIFF_INTERNAL_MASK=YES"))
		check(t, err)
		check(t, mask.Write(0, 0, []byte{255, 0, 255, 0}, 4, 1))
	})
	if _, err := os.Stat(path + ".msk"); err == nil {
		t.Error("mask became a sidecar")
	}
	ds, err := godal.Open(path)
	check(t, err)
	defer ds.Close()
	got := make([]byte, 4)
	check(t, ds.Bands()[0].MaskBand().Read(0, 0, got, 4, 1))
	if want := []byte{255, 0, 255, 0}; !slices.Equal(got, want) {
		t.Errorf("mask %v, want %v", got, want)
	}
}

func TestNoData(t *testing.T) {
	ds := memory(t, 2, godal.Float32, 2, 2)
	bands := ds.Bands()
	if _, ok := bands[0].NoData(); ok {
		t.Error("nodata before it is set")
	}
	check(t, bands[0].SetNoData(-9999))
	check(t, bands[1].SetNoData(3))
	for i, want := range []float64{-9999, 3} {
		if got, ok := bands[i].NoData(); !ok || got != want {
			t.Errorf("band %d: nodata %v %v, want %v", i, got, ok, want)
		}
		if got := bands[i].MaskFlags(); got != noData {
			t.Errorf("band %d: mask flags %d", i, got)
		}
	}
}

func TestColorInterp(t *testing.T) {
	ds := memory(t, 2, godal.Byte, 2, 2)
	b := ds.Bands()
	if got := b[1].ColorInterp(); got == godal.CIAlpha {
		t.Error("alpha by default")
	}
	check(t, b[1].SetColorInterp(godal.CIAlpha))
	if got := b[1].ColorInterp(); got != godal.CIAlpha {
		t.Errorf("colour interpretation %d", got)
	}
	if got := b[0].MaskFlags(); got != perDataset|alpha {
		t.Errorf("mask flags %d with an alpha band", got)
	}
}

// The values are GDAL's and appear in its documentation.
func TestValuesOfConstants(t *testing.T) {
	for _, c := range []struct{ got, want int }{
		{int(godal.Byte), 1}, {int(godal.UInt16), 2}, {int(godal.Int16), 3}, {int(godal.UInt32), 4}, {int(godal.Int32), 5},
		{int(godal.Float32), 6}, {int(godal.Float64), 7}, {int(godal.Int8), 14},
		{int(godal.CIAlpha), 6}, {int(godal.CE_Warning), 2}, {int(godal.CE_Failure), 3},
	} {
		if c.got != c.want {
			t.Errorf("got %d, want %d", c.got, c.want)
		}
	}
}

func TestMetadata(t *testing.T) {
	path := writeTIFF(t, func(ds *godal.Dataset) {
		check(t, ds.SetMetadata("ACQUIRED", "2024-05-01"))
		check(t, ds.SetMetadata("K", "v", godal.Domain("MINE")))
		check(t, ds.Bands()[0].SetMetadata("BAND", "1"))
	}, "COMPRESS=DEFLATE")
	ds, err := godal.Open(path)
	check(t, err)
	defer ds.Close()
	for _, c := range []struct{ got, want string }{
		{ds.Metadata("ACQUIRED"), "2024-05-01"},
		{ds.Metadata("ACQUIRED", godal.Domain("MINE")), ""},
		{ds.Metadata("K", godal.Domain("MINE")), "v"},
		{ds.Bands()[0].Metadata("BAND"), "1"},
		{ds.Metadata("COMPRESSION", godal.Domain("IMAGE_STRUCTURE")), "DEFLATE"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestMissingBlocksHaveNoOffset(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse.tif")
	ds, err := godal.Create(godal.GTiff, path, 1, godal.Byte, 32, 16,
		godal.CreationOption("SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"))
	check(t, err)
	ones := make([]byte, 16*16)
	for i := range ones {
		ones[i] = 1
	}
	check(t, ds.Write(16, 0, ones, 16, 16))
	check(t, ds.Close())
	ds, err = godal.Open(path)
	check(t, err)
	defer ds.Close()
	b := ds.Bands()[0]
	if got := b.Metadata("BLOCK_OFFSET_0_0", godal.Domain("TIFF")); got != "" {
		t.Errorf("missing block at offset %q", got)
	}
	if got := b.Metadata("BLOCK_OFFSET_1_0", godal.Domain("TIFF")); got == "" {
		t.Error("written block without offset")
	}
}

func TestStructure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.tif")
	ds, err := godal.Create(godal.GTiff, path, 3, godal.UInt16, 40, 20,
		godal.CreationOption("TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=16"))
	check(t, err)
	defer ds.Close()
	want := godal.BandStructure{SizeX: 40, SizeY: 20, BlockSizeX: 32, BlockSizeY: 16, Scale: 1, DataType: godal.UInt16}
	if got := ds.Structure(); got.BandStructure != want || got.NBands != 3 {
		t.Errorf("dataset %+v", got)
	}
	if got := ds.Bands()[2].Structure(); got != want {
		t.Errorf("band %+v", got)
	}
	empty := memory(t, 0, godal.Byte, 5, 6)
	if got := empty.Structure(); got.NBands != 0 || got.SizeX != 5 || got.SizeY != 6 || got.DataType != 0 {
		t.Errorf("without bands %+v", got)
	}
	if got := empty.Bands(); len(got) != 0 {
		t.Errorf("%d bands", len(got))
	}
}

func TestBlocksRowByRow(t *testing.T) {
	s := godal.BandStructure{SizeX: 40, SizeY: 20, BlockSizeX: 32, BlockSizeY: 16}
	var got [][4]int
	for b, ok := s.FirstBlock(), true; ok; b, ok = b.Next() {
		got = append(got, [4]int{b.X0, b.Y0, b.W, b.H})
	}
	want := [][4]int{{0, 0, 32, 16}, {32, 0, 8, 16}, {0, 16, 32, 4}, {32, 16, 8, 4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("blocks %v, want %v", got, want)
	}
	one := godal.BandStructure{SizeX: 5, SizeY: 5, BlockSizeX: 256, BlockSizeY: 256}
	if b := one.FirstBlock(); b.W != 5 || b.H != 5 {
		t.Errorf("block larger than the raster is %d × %d", b.W, b.H)
	} else if next, ok := b.Next(); ok || next != (godal.Block{}) {
		t.Errorf("a block after the last: %+v", next)
	}
}
