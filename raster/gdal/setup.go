package gdal

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/airbusgeo/godal"
)

// environment is what GDAL is told through environment variables, unless they are set already: a block cache of 16 MB (blocks are read
// whole and once, so that what is kept only pushes other data out of the processor's caches: of an uncompressed pair 64 MB took a fifth
// more time, of a compressed one as much), no threads of its own, and nothing of its own on standard error.
var environment = [][2]string{{"GDAL_CACHEMAX", "16"}, {"GDAL_NUM_THREADS", "1"}, {"CPL_LOG", os.DevNull}}

var registry struct {
	once sync.Once
	mu   sync.Mutex // held while further drivers are registered
	err  error
}

// Setup readies GDAL before its first use; everything in this package calls it. Calls after the first do nothing.
func Setup() error {
	registry.once.Do(func() {
		for _, kv := range environment {
			if _, set := os.LookupEnv(kv[0]); set || kv[0] == "CPL_LOG" && os.Getenv("CPL_DEBUG") != "" {
				continue
			}
			if registry.err = os.Setenv(kv[0], kv[1]); registry.err != nil {
				return
			}
		}
		registry.err = godal.RegisterRaster(godal.GTiff)
	})
	if registry.err != nil {
		return fmt.Errorf("gdal cannot be set up: %w", registry.err)
	}
	return nil
}

// register makes a further driver available.
func register(driver string) error {
	if err := Setup(); err != nil {
		return err
	}
	registry.mu.Lock()
	defer registry.mu.Unlock()
	if err := godal.RegisterRaster(godal.DriverName(driver)); err != nil {
		return fmt.Errorf("driver %s is unknown to GDAL %s; gdalinfo --formats lists them", driver, Version())
	}
	return nil
}

// Version is the version of the GDAL library, "3.6.2"; the binding does not tell that of PROJ. It is safe for concurrent use.
func Version() string {
	v := godal.Version()
	return fmt.Sprintf("%d.%d.%d", v.Major(), v.Minor(), v.Revision())
}

// Environment lists, as sorted NAME=VALUE, the environment variables that may change pixels or georeferencing: those of GDAL, OGR,
// PROJ, CPL, VSI and the GeoTIFF driver except the ones this package sets and those without influence on results. Values that may
// hold a secret are written as "(set)". It is safe for concurrent use.
func Environment() []string {
	var out []string
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		if !matters(name) {
			continue
		}
		if secret(name) {
			value = "(set)"
		}
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

func matters(name string) bool {
	switch name {
	case "GDAL_CACHEMAX", "GDAL_NUM_THREADS", "CPL_LOG", "CPL_DEBUG", "CPL_TMPDIR":
		return false
	}
	for _, p := range []string{"GDAL_", "OGR_", "OSR_", "PROJ_", "CPL_", "GTIFF_", "GEOTIFF_", "TIFF_", "VSI_"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

func secret(name string) bool {
	for _, s := range []string{"HTTP", "PASS", "PWD", "TOKEN", "KEY", "SECRET", "AUTH", "COOKIE", "CERT"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}
