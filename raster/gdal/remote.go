package gdal

import (
	"net/url"
	"os"
	"regexp"
	"strings"
)

// schemes are the beginnings of web addresses and how GDAL spells them.
var schemes = [][2]string{
	{"http://", "/vsicurl/http://"}, {"https://", "/vsicurl/https://"}, {"ftp://", "/vsicurl/ftp://"},
	{"s3://", "/vsis3/"}, {"gs://", "/vsigs/"}, {"az://", "/vsiaz/"},
}

// virtual is the name under which GDAL opens a remote path: web addresses are read in place, not downloaded.
func virtual(path string) string {
	for _, s := range schemes {
		if len(path) > len(s[0]) && strings.EqualFold(path[:len(s[0])], s[0]) {
			return s[1] + path[len(s[0]):]
		}
	}
	return path
}

// remoteDefaults is what GDAL is told on calls for remote files, unless the environment says otherwise: do not list folders, try again
// a few times, give up in the end.
var remoteDefaults = [][2]string{
	{"GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR"}, {"GDAL_HTTP_MAX_RETRY", "3"}, {"GDAL_HTTP_RETRY_DELAY", "1"},
	{"GDAL_HTTP_CONNECTTIMEOUT", "15"}, {"GDAL_HTTP_LOW_SPEED_TIME", "60"}, {"GDAL_HTTP_LOW_SPEED_LIMIT", "1"},
}

func remoteConfig() (list []string) {
	for _, kv := range remoteDefaults {
		if _, set := os.LookupEnv(kv[0]); !set {
			list = append(list, kv[0]+"="+kv[1])
		}
	}
	return list
}

var (
	// vsicurl is GDAL's form of a web address with options, in which the address is one of them.
	vsicurl = regexp.MustCompile(`/vsicurl(?:_streaming)?\?[^\s'"` + "`" + `]*`)
	// login is what stands before the host in a web address.
	login = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)[^/\s'"@]+@`)
	// query is what stands behind the path in a web address or in the name of a remote file, without a colon that a message adds.
	query = regexp.MustCompile(`(?i)((?:\b[a-z][a-z0-9+.-]+://|/vsi[a-z0-9_]+/)[^\s'"?]*)\?(?:[^\s'"` + "`" + `]*[^\s'"` + "`" + `:])?`)
	// assignment is a secret in the name of a dataset such as "PG:dbname=x password=y".
	assignment = regexp.MustCompile(`(?i)\b([a-z0-9_-]*(?:password|passwd|pwd|token|secret|signature|credential|accesskey|apikey|api_key|sig|key)=)[^\s&'"]+`)
)

// Public is text, a path or a message, without what may be a secret in it: logins and queries of web addresses, passwords.
func Public(text string) string {
	if !strings.ContainsAny(text, "?@=") {
		return text
	}
	text = vsicurl.ReplaceAllStringFunc(text, func(s string) string {
		name, options, _ := strings.Cut(s, "?")
		if v, err := url.ParseQuery(options); err == nil && v.Get("url") != "" {
			return name + "/" + v.Get("url")
		}
		return name
	})
	text = login.ReplaceAllString(text, "$1")
	text = query.ReplaceAllString(text, "$1")
	return assignment.ReplaceAllString(text, "$1…")
}
