package parcel

import (
	"archive/tar"
	"bytes"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
)

// tamperingsOfTars are with the tar, its encryption, what a publisher signs, and the chain.
var tamperingsOfTars = []tampering{
	// A tar.
	{"tar: a way out", "not allowed", func(v *victim) error { return v.renamed("../evil") }},
	{"tar: an absolute name", "not allowed", func(v *victim) error { return v.renamed("/etc/cron.d/evil") }},
	{"tar: a name with a folder", "not allowed", func(v *victim) error { return v.renamed("sub/README.txt") }},
	{"tar: a name with a backslash", "not allowed", func(v *victim) error { return v.renamed(`..\evil`) }},
	{"tar: a name of dots", "not allowed", func(v *victim) error { return v.renamed("..") }},
	{"tar: a drive", "not allowed", func(v *victim) error { return v.renamed("C:evil") }},
	{"tar: a name of another script", "not allowed", func(v *victim) error { return v.renamed("RЕADME.txt") }},
	{"tar: a long name", "not allowed", func(v *victim) error { return v.renamed(strings.Repeat("n", 99)) }},
	{"tar: a very long name", "not allowed", func(v *victim) error { return v.renamed(strings.Repeat("n", 300)) }},
	{"tar: a file twice", "there twice", func(v *victim) error {
		return v.tar(raw(v.t, append(v.files, v.files[0]), func(int, *tar.Header) {}))
	}},
	{"tar: names that differ by case", "differ by case", func(v *victim) error {
		return v.tar(raw(v.t, append(v.files, File{"MANIFEST.json", nil}), func(int, *tar.Header) {}))
	}},
	{"tar: a symbolic link", "not a regular file", func(v *victim) error { return v.typed(tar.TypeSymlink) }},
	{"tar: a hard link", "not a regular file", func(v *victim) error { return v.typed(tar.TypeLink) }},
	{"tar: a folder", "not", func(v *victim) error { return v.typed(tar.TypeDir) }},
	{"tar: a pipe", "not a regular file", func(v *victim) error { return v.typed(tar.TypeFifo) }},
	{"tar: a device", "not a regular file", func(v *victim) error { return v.typed(tar.TypeChar) }},
	{"tar: an extended header", "not", func(v *victim) error {
		return v.tar(raw(v.t, v.files, func(i int, h *tar.Header) { h.PAXRecords = map[string]string{"comment": "x"} }))
	}},
	{"tar: bytes behind the end", "does not end as tars do", func(v *victim) error {
		return v.tar(append(Tar(v.files, made), bytes.Repeat([]byte("x"), 512)...))
	}},
	{"tar: a second tar behind the end", "does not end as tars do", func(v *victim) error { return v.tar(append(Tar(v.files, made), Tar(v.files, made)...)) }},
	{"tar: a byte behind the end", "does not end as tars do", func(v *victim) error { return v.tar(append(Tar(v.files, made), 0)) }},
	{"tar: a mebibyte of zeros behind the end", "does not end as tars do", func(v *victim) error { return v.tar(append(Tar(v.files, made), make([]byte, 1<<20)...)) }},
	{"tar: bytes behind a file", "behind the end of", func(v *victim) error {
		b := Tar(v.files, made)
		b[512+len(v.files[0].Data)] = 'x'
		return v.tar(b)
	}},
	{"tar: cut off in a file", "cut off", func(v *victim) error { return v.tar(Tar(v.files, made)[:700]) }},
	{"tar: cut off in a header", "cut off", func(v *victim) error { return v.tar(Tar(v.files, made)[:100]) }},
	{"tar: without an end", "cut off", func(v *victim) error { b := Tar(v.files, made); return v.tar(b[:len(b)-1024]) }},
	{"tar: empty", "cut off", func(v *victim) error { return v.tar(nil) }},
	{"tar: a huge size", "no size", func(v *victim) error {
		b := Tar(v.files, made)
		copy(b[124:136], "77777777777\x00")
		return v.tar(checkSum(b))
	}},
	{"tar: a negative size", "no size", func(v *victim) error {
		b := Tar(v.files, made)
		copy(b[124:136], "-0000000001\x00")
		return v.tar(checkSum(b))
	}},
	{"tar: a binary size", "no size", func(v *victim) error {
		b := Tar(v.files, made)
		copy(b[124:136], "\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05")
		return v.tar(checkSum(b))
	}},
	{"tar: a wrong check sum", "check sum", func(v *victim) error { b := Tar(v.files, made); b[148] ^= 1; return v.tar(b) }},
	{"tar: too many files", "more than", func(v *victim) error {
		for i := range MaxFiles {
			v.files = append(v.files, File{fmt.Sprintf("f%d", i), nil})
		}
		return v.tar(raw(v.t, v.files, func(int, *tar.Header) {}))
	}},
	{"tar: compressed", "cut off", func(v *victim) error { return v.tar([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00")) }},

	// Encryption.
	{"age: encrypted for others", "for others", func(v *victim) error {
		id, err := age.GenerateX25519Identity()
		must(v.t, err)
		v.id, id = id, v.id
		data, err := Encrypt(Tar(v.files, made), []age.Recipient{id.Recipient()})
		must(v.t, err)
		return v.tar(data)
	}},
	{"age: cut off", "cannot be decrypted", func(v *victim) error { return v.sealed(func(b []byte) []byte { return b[:len(b)-1] }) }},
	{"age: bytes behind the end", "cannot be decrypted", func(v *victim) error { return v.sealed(func(b []byte) []byte { return append(b, 'x') }) }},
	{"age: a bit flipped in the middle", "cannot be decrypted", func(v *victim) error {
		return v.sealed(func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
	}},
	{"age: its header cut off", "cannot be decrypted", func(v *victim) error { return v.sealed(func(b []byte) []byte { return b[:40] }) }},
	{"age: as text", "without -a", func(v *victim) error { return v.tar([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n")) }},
	{"age: encrypted twice", "tar", func(v *victim) error {
		return v.sealed(func(b []byte) []byte {
			twice, err := Encrypt(b, []age.Recipient{v.id.Recipient()})
			must(v.t, err)
			return twice
		})
	}},
	{"age: encrypted again by another, whose signature is not there", "not among the trusted", func(v *victim) error {
		// Whoever knows the recipient may encrypt: what counts is the signature inside.
		s, _ := keys(v.t)
		v.files = build(v.t, data(), manifest(), s)
		return v.sealed(func(b []byte) []byte { return b })
	}},

	// What a publisher signs and may not.
	{"manifest: an unknown key", "unknown field", func(v *victim) error {
		v.edit(ManifestName, `  "handling"`, `  "extra": 1,`+"\n"+`  "handling"`)
		return v.resign()
	}},
	{"manifest: a key twice", "every key once", func(v *victim) error {
		v.edit(ManifestName, `  "handling"`, `  "partner": "ngo-a",`+"\n"+`  "handling"`)
		return v.resign()
	}},
	{"manifest: a key by another case", "every key once", func(v *victim) error { v.edit(ManifestName, `"tlp"`, `"TLP"`); return v.resign() }},
	{"manifest: text behind it", "nothing behind", func(v *victim) error { v.edit(ManifestName, "\n}\n", "\n}\n{}\n"); return v.resign() }},
	{"manifest: another format", "format", func(v *victim) error { v.edit(ManifestName, Format, "passdiff-release/2"); return v.resign() }},
	{"manifest: no marking", "TLP 2.0", func(v *victim) error { v.edit(ManifestName, "TLP:AMBER", "TLP:WHITE"); return v.resign() }},
	{"manifest: a wrong size", "bytes, and the manifest says", func(v *victim) error {
		v.edit(ManifestName, `"size": 8,`, `"size": 9,`)
		return v.resign()
	}},
	{"manifest: a wrong sha256", "sha256 that the manifest", func(v *victim) error {
		v.edit(ManifestName, sumOf(v.get("README.txt")), other)
		return v.resign()
	}},
	{"manifest: a wrong count", "counts 2", func(v *victim) error { v.edit(ManifestName, `"features": 1`, `"features": 2`); return v.resign() }},
	{"manifest: a huge count", "cannot be read", func(v *victim) error {
		v.edit(ManifestName, `"features": 1`, `"features": 99999999999999999999`)
		return v.resign()
	}},
	{"manifest: sequence 0", "sequence", func(v *victim) error { v.edit(ManifestName, `"sequence": 1`, `"sequence": 0`); return v.resign() }},
	{"manifest: a later one without its predecessor", "prev_manifest_sha256", func(v *victim) error {
		v.edit(ManifestName, `"sequence": 1`, `"sequence": 7`)
		return v.resign()
	}},
	{"manifest: origins not sorted", "origins", func(v *victim) error {
		v.edit(ManifestName, `"`+o(1)+`"`, "\""+o(2)+"\",\n    \""+o(1)+"\"")
		return v.resign()
	}},
	{"manifest: control characters", "handling", func(v *victim) error { v.edit(ManifestName, "for the field team", `\u001b[2J`); return v.resign() }},
	{"manifest: valid before it was made", "valid_until is not after", func(v *victim) error {
		v.edit(ManifestName, `"valid_until": "2026-`, `"valid_until": "2025-`)
		return v.resign()
	}},
	{"manifest: too large", "larger than", func(v *victim) error {
		v.set(ManifestName, append(slices.Clone(v.get(ManifestName)), make([]byte, MaxManifest)...))
		return v.resign()
	}},
	{"manifest: cut off", "cannot be read", func(v *victim) error { v.set(ManifestName, v.get(ManifestName)[:200]); return v.resign() }},
	{"detections: no GeoJSON", "schema", func(v *victim) error { v.set(DetectionName, []byte("[]")); return v.subject(DetectionName) }},
	{"detections: text behind them", "goes on after", func(v *victim) error {
		v.set(DetectionName, append(slices.Clone(v.get(DetectionName)), "{}"...))
		return v.subject(DetectionName)
	}},
	{"detections: a list among the properties", "list or an object", func(v *victim) error {
		v.edit(DetectionName, `"appeared"`, `["appeared"]`)
		return v.subject(DetectionName)
	}},
	{"detections: a word for a number", "schema", func(v *victim) error {
		v.edit(DetectionName, `"obj_desc":`, `"pixels":"many","obj_desc":`)
		return v.subject(DetectionName)
	}},
	{"detections: no time", "schema", func(v *victim) error {
		v.edit(DetectionName, "2026-04-28T00:00:00Z", "in April")
		return v.subject(DetectionName)
	}},
	{"detections: a property twice", "there twice", func(v *victim) error {
		v.edit(DetectionName, `"obj_desc":`, `"id":"f-2","obj_desc":`)
		return v.subject(DetectionName)
	}},
	{"detections: an id twice", "there twice", func(v *victim) error {
		line := strings.Split(features, "\n")[1]
		v.edit(DetectionName, line, line+",\n"+line)
		v.edit(ManifestName, `"features": 1`, `"features": 2`)
		return v.subject(DetectionName)
	}},
	{"detections: outside of the world", "outside of longitude", func(v *victim) error {
		v.edit(DetectionName, "[30.001,10.001]", "[300.001,10.001]")
		return v.subject(DetectionName)
	}},
	{"detections: a point", "no polygon", func(v *victim) error {
		v.edit(DetectionName, `"Polygon","coordinates":[[[30,10],[30.001,10],[30.001,10.001],[30,10.001],[30,10]]]`, `"Point","coordinates":[30,10]`)
		return v.subject(DetectionName)
	}},
	{"coverage: no GeoJSON", "schema: coverage", func(v *victim) error { v.set(CoverageName, []byte("{}")); return v.subject(CoverageName) }},

	// The chain.
	{"an older package again", "comes again", func(v *victim) error {
		one := v.follows(1, "")
		return v.chain(one, v.follows(2, one.ManifestSHA256), one)
	}},
	{"a package left out", "give those between", func(v *victim) error { return v.chain(v.follows(1, ""), v.follows(3, other)) }},
	{"another package of the same sequence", "another package 2", func(v *victim) error {
		one := v.follows(1, "")
		return v.chain(one, v.follows(2, one.ManifestSHA256), v.follows(2, other))
	}},
	{"a successor of another package", "does not follow", func(v *victim) error { return v.chain(v.follows(1, ""), v.follows(2, other)) }},
	{"the first package once more, made anew", "another package 1", func(v *victim) error {
		one := v.follows(1, "")
		m := manifest()
		m.Handling = "another"
		p, err := Open(write(v.t, build(v.t, data(), m, v.signer)), v.trust, nil, v.now)
		must(v.t, err)
		return v.chain(one, p)
	}},
}
