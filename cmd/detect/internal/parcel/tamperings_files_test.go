package parcel

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"aead.dev/minisign"
)

// tamperingsOfFiles are with the signature, the files and the folder.
var tamperingsOfFiles = []tampering{
	// Whose it is.
	{"signed by a stranger", "not among the trusted", func(v *victim) error {
		_, v.trust = keys(v.t)
		return v.dir(nil)
	}},
	{"a stranger's signature with the number of a trusted key", "not a signature over", func(v *victim) error {
		s, _ := keys(v.t)
		theirs, err := s.Sign(v.get(SumsName))
		var a, b minisign.Signature
		if err != nil || a.UnmarshalText(theirs.Data) != nil || b.UnmarshalText(v.get(MinisignName)) != nil {
			v.t.Fatal(err)
		}
		a.KeyID = b.KeyID
		text, err := a.MarshalText()
		if err != nil {
			v.t.Fatal(err)
		}
		v.set(MinisignName, append(bytes.TrimRight(text, "\n"), '\n'))
		return v.dir(nil)
	}},
	{"no signature", "signature: there are 0", func(v *victim) error { v.drop(MinisignName); return v.dir(nil) }},
	{"an empty signature", "not a minisign signature", func(v *victim) error { v.set(MinisignName, nil); return v.dir(nil) }},
	{"two signatures", "there are 2", func(v *victim) error { v.set(SSHName, []byte("x")); return v.dir(nil) }},
	{"a huge signature", "too large", func(v *victim) error { v.set(MinisignName, make([]byte, maxSignature+1)); return v.dir(nil) }},
	{"signature of another file", "not a signature over", func(v *victim) error {
		sig, err := v.signer.Sign(v.get(ManifestName))
		if err != nil {
			v.t.Fatal(err)
		}
		v.set(sig.Name, sig.Data)
		return v.dir(nil)
	}},
	{"signature of another package", "not a signature over", func(v *victim) error {
		m := manifest()
		m.Partner = "ngo-b"
		sig, _ := find(build(v.t, data(), m, v.signer), MinisignName)
		v.set(MinisignName, sig)
		return v.dir(nil)
	}},
	{"trusted comment changed", "not a signature over", func(v *victim) error { v.edit(MinisignName, trustedComment, "trust me"); return v.dir(nil) }},
	{"untrusted comment changed", "not written as minisign", func(v *victim) error {
		v.edit(MinisignName, untrustedComment, "urgent: open evil.example")
		return v.dir(nil)
	}},
	{"bytes behind the signature", "signature", func(v *victim) error {
		v.set(MinisignName, append(slices.Clone(v.get(MinisignName)), "more\n"...))
		return v.dir(nil)
	}},
	{"carriage returns in the signature", "signature", func(v *victim) error {
		v.set(MinisignName, bytes.ReplaceAll(v.get(MinisignName), []byte("\n"), []byte("\r\n")))
		return v.dir(nil)
	}},
	{"minisign signature renamed to that of ssh", "ssh-keygen", func(v *victim) error {
		sig := v.get(MinisignName)
		v.drop(MinisignName)
		v.set(SSHName, sig)
		return v.dir(nil)
	}},
	{"ssh: another namespace", "namespace", func(v *victim) error { sshVictim(v, "file"); return v.dir(nil) }},
	{"ssh: sums changed", "not a signature over", func(v *victim) error {
		sshVictim(v, Namespace)
		v.edit("README.txt", "read", "dear")
		v.resum()
		return v.dir(nil)
	}},
	{"ssh: signed by a stranger", "not among the trusted", func(v *victim) error {
		sshVictim(v, Namespace)
		_, v.trust = keys(v.t)
		return v.dir(nil)
	}},
	{"ssh: text behind the signature", "not written as ssh-keygen", func(v *victim) error {
		sshVictim(v, Namespace)
		v.set(SSHName, append(slices.Clone(v.get(SSHName)), '\n'))
		return v.dir(nil)
	}},
	{"ssh: lines broken otherwise", "not written as ssh-keygen", func(v *victim) error {
		sshVictim(v, Namespace)
		lines := strings.SplitN(string(v.get(SSHName)), "\n", 3)
		v.set(SSHName, []byte(lines[0]+"\n"+lines[1][:10]+"\n"+lines[1][10:]+lines[2]))
		return v.dir(nil)
	}},
	{"ssh: signature cut off", "ssh-keygen", func(v *victim) error {
		sshVictim(v, Namespace)
		v.set(SSHName, v.get(SSHName)[:80])
		return v.dir(nil)
	}},
	{"key that is no longer believed", "believed before", func(v *victim) error {
		v.trust.keys[0].ValidBefore = v.now
		return v.dir(nil)
	}},
	{"key that is not believed yet", "believed from", func(v *victim) error {
		v.trust.keys[0].ValidAfter = v.now.Add(time.Second)
		return v.dir(nil)
	}},
	{"package no longer valid", "validity", func(v *victim) error { v.now = made.Add(30 * 24 * time.Hour); return v.dir(nil) }},
	{"wrong partner", "made for ngo-a, not for ngo-b", func(v *victim) error {
		p, err := Open(write(v.t, v.files), v.trust, nil, v.now)
		if err != nil {
			v.t.Fatal(err)
		}
		return p.For("ngo-b")
	}},

	// Its files.
	{"a file changed", "sums: README.txt", func(v *victim) error { v.edit("README.txt", "read", "lead"); return v.dir(nil) }},
	{"two files swapped", "sums: ", func(v *victim) error {
		a, b := v.get("README.txt"), v.get("codebook.csv")
		v.set("README.txt", b)
		v.set("codebook.csv", a)
		return v.dir(nil)
	}},
	{"a file dropped", "missing", func(v *victim) error { v.drop("codebook.csv"); return v.dir(nil) }},
	{"detections dropped", "missing", func(v *victim) error { v.drop(DetectionName); return v.dir(nil) }},
	{"detections dropped, signed", "subject", func(v *victim) error { v.drop(DetectionName); return v.resign() }},
	{"manifest dropped", "missing", func(v *victim) error { v.drop(ManifestName); return v.dir(nil) }},
	{"manifest dropped, signed", "manifest: manifest.json is missing", func(v *victim) error { v.drop(ManifestName); return v.resign() }},
	{"sums dropped", "SHA256SUMS is missing", func(v *victim) error { v.drop(SumsName); return v.dir(nil) }},
	{"a file added", "not listed in SHA256SUMS", func(v *victim) error { v.set("more.txt", []byte("x")); return v.dir(nil) }},
	{"a file added, signed", "no subject", func(v *victim) error { v.set("more.txt", []byte("x")); return v.resign() }},
	{"an empty file added", "not listed", func(v *victim) error { v.set("x", nil); return v.dir(nil) }},
	{"a hidden file added", "not allowed", func(v *victim) error {
		return v.dir(func(dir string) { save(v.t, filepath.Join(dir, ".hidden"), nil) })
	}},
	{"manifest edited and summed again", "not a signature over", func(v *victim) error {
		v.edit(ManifestName, "TLP:AMBER", "TLP:CLEAR")
		v.resum()
		return v.dir(nil)
	}},
	{"detections edited and summed again", "not a signature over", func(v *victim) error {
		v.edit(DetectionName, "30.001", "31.001")
		v.resum()
		return v.dir(nil)
	}},
	{"sums reordered", "not a signature over", func(v *victim) error {
		lines := strings.SplitAfter(string(v.get(SumsName)), "\n")
		lines[0], lines[1] = lines[1], lines[0]
		v.set(SumsName, []byte(strings.Join(lines, "")))
		return v.dir(nil)
	}},
	{"sums without the last line feed, signed", "line feed", func(v *victim) error {
		v.set(SumsName, bytes.TrimRight(v.get(SumsName), "\n"))
		v.sign()
		return v.dir(nil)
	}},
	{"a line of sums twice, signed", "there twice", func(v *victim) error {
		l, _, _ := strings.Cut(string(v.get(SumsName)), "\n")
		v.set(SumsName, append(slices.Clone(v.get(SumsName)), l+"\n"...))
		v.sign()
		return v.dir(nil)
	}},
	{"sums of a file elsewhere, signed", "missing", func(v *victim) error {
		v.set(SumsName, append(slices.Clone(v.get(SumsName)), other+"  ../../etc/passwd\n"...))
		v.sign()
		return v.dir(nil)
	}},
	{"sums by another spelling, signed", "not a sha256", func(v *victim) error {
		v.set(SumsName, bytes.ToUpper(v.get(SumsName)))
		v.sign()
		return v.dir(nil)
	}},
	{"sums list themselves, signed", "no file to list", func(v *victim) error {
		v.set(SumsName, append(slices.Clone(v.get(SumsName)), other+"  "+SumsName+"\n"...))
		v.sign()
		return v.dir(nil)
	}},
	{"huge sums", "too large", func(v *victim) error { v.set(SumsName, make([]byte, maxSums+1)); return v.dir(nil) }},

	// A folder.
	{"a link to a file outside", "symbolic link", func(v *victim) error {
		return v.dir(func(dir string) {
			outside := filepath.Join(v.t.TempDir(), "outside")
			save(v.t, outside, v.get("README.txt"))
			must(v.t, os.Remove(filepath.Join(dir, "README.txt")), os.Symlink(outside, filepath.Join(dir, "README.txt")))
		})
	}},
	{"a link to nothing", "symbolic link", func(v *victim) error {
		return v.dir(func(dir string) {
			must(v.t, os.Remove(filepath.Join(dir, "README.txt")), os.Symlink("nowhere", filepath.Join(dir, "README.txt")))
		})
	}},
	{"a folder inside", "not a regular file", func(v *victim) error {
		return v.dir(func(dir string) { must(v.t, os.Mkdir(filepath.Join(dir, "sub"), 0o777)) })
	}},
	{"a pipe inside", "not a regular file", func(v *victim) error {
		return v.dir(func(dir string) { must(v.t, syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600)) })
	}},
	{"names that differ by case", "differ by case", func(v *victim) error {
		return v.dir(func(dir string) { save(v.t, filepath.Join(dir, "Readme.TXT"), nil) })
	}},
	{"too many files", "more than", func(v *victim) error {
		return v.dir(func(dir string) {
			for i := range MaxFiles {
				save(v.t, filepath.Join(dir, fmt.Sprintf("f%d", i)), nil)
			}
		})
	}},
	{"a file too large", "are allowed", func(v *victim) error {
		return v.dir(func(dir string) { must(v.t, os.Truncate(filepath.Join(dir, "README.txt"), MaxFile+1)) })
	}},
	{"a name with a space", "not allowed", func(v *victim) error {
		return v.dir(func(dir string) { save(v.t, filepath.Join(dir, "read me.txt"), nil) })
	}},
}
