package release

import (
	"regexp"
	"strings"

	"passdiff/cmd/detect/internal/policy"
)

// families are the beginnings of names of scenes by which satellites are told apart, in upper case.
var families = []struct{ begins, family string }{
	{"S1A_", "Sentinel-1"}, {"S1B_", "Sentinel-1"}, {"S1C_", "Sentinel-1"}, {"S1D_", "Sentinel-1"},
	{"S2A_", "Sentinel-2"}, {"S2B_", "Sentinel-2"}, {"S2C_", "Sentinel-2"}, {"S3A_", "Sentinel-3"}, {"S3B_", "Sentinel-3"},
	{"LC08_", "Landsat"}, {"LC09_", "Landsat"}, {"LO08_", "Landsat"}, {"LO09_", "Landsat"}, {"LE07_", "Landsat"}, {"LT05_", "Landsat"}, {"LT04_", "Landsat"},
	{"MOD", "MODIS"}, {"MYD", "MODIS"}, {"VNP", "VIIRS"}, {"VJ1", "VIIRS"},
}

// sceneName is what a name of a scene may be made of, so that nothing else goes by that name.
var sceneName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,200}$`)

// source is what is told of a scene.
func source(name string, s policy.Sources) any {
	switch s {
	case policy.SourceScenes:
		if sceneName.MatchString(name) {
			return name
		}
	case policy.SourceFamily:
		for _, f := range families {
			if strings.HasPrefix(strings.ToUpper(name), f.begins) {
				return f.family
			}
		}
		return "other"
	}
	return nil
}
