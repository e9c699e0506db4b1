package parcel

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"aead.dev/minisign"
	"filippo.io/age"

	"passdiff/cmd/detect/internal/exit"
)

// victim is a package that somebody tampers with.
type victim struct {
	t       *testing.T
	signer  Signer
	private minisign.PrivateKey
	trust   *Trust
	files   []File
	id      *age.X25519Identity
	now     time.Time
}

func newVictim(t *testing.T) *victim {
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := ParseTrust([]byte("here minisign " + public.String()))
	if err != nil {
		t.Fatal(err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{t: t, signer: minisignKey{private}, private: private, trust: trust, id: id, now: looked}
	v.files = build(t, data(), manifest(), v.signer)
	return v
}

func (v *victim) open(path string) error {
	_, err := Open(path, v.trust, []age.Identity{v.id}, v.now)
	return err
}

// dir opens the files from a folder, of which change has a go.
func (v *victim) dir(change func(dir string)) error {
	dir := write(v.t, v.files)
	if change != nil {
		change(dir)
	}
	return v.open(dir)
}

// tar opens bytes as a tar.
func (v *victim) tar(data []byte) error {
	path := filepath.Join(v.t.TempDir(), "p.tar")
	save(v.t, path, data)
	return v.open(path)
}

func (v *victim) sealed(change func([]byte) []byte) error {
	data, err := Encrypt(Tar(v.files, made), []age.Recipient{v.id.Recipient()})
	if err != nil {
		v.t.Fatal(err)
	}
	return v.tar(change(data))
}

// set gives a file other bytes.
func (v *victim) set(name string, data []byte) {
	for i := range v.files {
		if v.files[i].Name == name {
			v.files[i].Data = data
			return
		}
	}
	v.files = append(v.files, File{name, data})
}

func (v *victim) get(name string) []byte {
	data, ok := find(v.files, name)
	if !ok {
		v.t.Fatalf("no %s", name)
	}
	return data
}

func (v *victim) drop(name string) {
	v.files = slices.DeleteFunc(v.files, func(f File) bool { return f.Name == name })
}

// edit replaces text in a file.
func (v *victim) edit(name, old, new string) {
	data := v.get(name)
	if !bytes.Contains(data, []byte(old)) {
		v.t.Fatalf("%s does not hold %q", name, old)
	}
	v.set(name, bytes.Replace(data, []byte(old), []byte(new), 1))
}

// resum makes the sums fit the files again, resign the signature, too, with the trusted key: only what a dishonest publisher can do.
func (v *victim) resum() {
	v.set(SumsName, sums(slices.DeleteFunc(slices.Clone(v.files), func(f File) bool { return f.Name == SumsName || isSignature(f.Name) })))
}

func (v *victim) resign() error {
	v.resum()
	v.sign()
	return v.dir(nil)
}

func (v *victim) sign() {
	sig, err := v.signer.Sign(v.get(SumsName))
	if err != nil {
		v.t.Fatal(err)
	}
	v.set(sig.Name, sig.Data)
}

// subject makes the manifest fit a file again, and signs.
func (v *victim) subject(name string) error {
	m, err := ParseManifest(v.get(ManifestName))
	if err != nil {
		v.t.Fatal(err)
	}
	for i := range m.Subjects {
		if m.Subjects[i].Name == name {
			m.Subjects[i].Size, m.Subjects[i].SHA256 = int64(len(v.get(name))), sumOf(v.get(name))
		}
	}
	text, err := m.encode()
	if err != nil {
		v.t.Fatal(err)
	}
	v.set(ManifestName, text)
	return v.resign()
}

// sshVictim is signed with a key of ssh-keygen, in a namespace.
func sshVictim(v *victim, namespace string) {
	dir := v.t.TempDir()
	tool(v.t, dir, "", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "k")
	save(v.t, filepath.Join(dir, SumsName), v.get(SumsName))
	tool(v.t, dir, "", "ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", "k", SumsName)
	sig, err := os.ReadFile(filepath.Join(dir, SSHName))
	if err != nil {
		v.t.Fatal(err)
	}
	public, err := os.ReadFile(filepath.Join(dir, "k.pub"))
	if err != nil {
		v.t.Fatal(err)
	}
	if v.trust, err = ParseTrust([]byte("here " + string(public))); err != nil {
		v.t.Fatal(err)
	}
	v.drop(MinisignName)
	v.set(SSHName, sig)
}

// raw is a tar of headers as they are.
func raw(t *testing.T, files []File, change func(i int, h *tar.Header)) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: f.Name, Size: int64(len(f.Data)), Mode: 0o644, ModTime: made}
		change(i, h)
		if h.Typeflag != tar.TypeReg {
			h.Size, f.Data = 0, nil
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (v *victim) renamed(name string) error {
	return v.tar(raw(v.t, v.files, func(i int, h *tar.Header) {
		if i == 0 {
			h.Name = name
		}
	}))
}

func (v *victim) typed(flag byte) error {
	return v.tar(raw(v.t, v.files, func(i int, h *tar.Header) {
		if i == 0 {
			h.Typeflag, h.Linkname = flag, "/etc/passwd"
			if flag == tar.TypeDir || flag == tar.TypeFifo || flag == tar.TypeChar {
				h.Linkname = ""
			}
		}
	}))
}

// follows is the package with the sequence, after the one of the chain.
func (v *victim) follows(sequence int, prev string) *Package {
	m := manifest()
	m.Sequence, m.PrevManifestSHA256 = sequence, prev
	p, err := Open(write(v.t, build(v.t, data(), m, v.signer)), v.trust, nil, v.now)
	if err != nil {
		v.t.Fatal(err)
	}
	return p
}

// chain adds packages one after the other, and returns the last error.
func (v *victim) chain(all ...*Package) (err error) {
	var c Chains
	for i, p := range all {
		if _, err = c.Add(p); err != nil && i < len(all)-1 {
			v.t.Fatal(err)
		}
	}
	return err
}

const other = "0000000000000000000000000000000000000000000000000000000000000001"

// tamperings are all refused; want is part of the reason.
var tamperings = []struct {
	name, want string
	do         func(v *victim) error
}{
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

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// checkSum gives the first header of a tar its sum.
func checkSum(b []byte) []byte {
	copy(b[148:156], "        ")
	sum := 0
	for _, c := range b[:512] {
		sum += int(c)
	}
	copy(b[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return b
}

func TestTamperings(t *testing.T) {
	if len(tamperings) < 60 {
		t.Errorf("%d tamperings, 60 are promised", len(tamperings))
	}
	seen := map[string]bool{}
	for _, c := range tamperings {
		if seen[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			v := newVictim(t)
			if err := v.dir(nil); err != nil {
				t.Fatalf("before: %v", err)
			}
			refused(t, c.do(v), c.want)
		})
	}
}

// refused checks that an error has exit code 7 and says why.
func refused(t *testing.T, err error, want string) {
	t.Helper()
	var e *exit.Error
	if !errors.As(err, &e) || e.Code != exit.Unverified || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want an error with exit code %d that says %q", err, exit.Unverified, want)
	}
}

// TestEveryBit: a package of which any one bit of any file is another is refused, signed by either tool.
func TestEveryBit(t *testing.T) {
	for _, kind := range []string{"minisign", "ssh"} {
		t.Run(kind, func(t *testing.T) {
			v := newVictim(t)
			if kind == "ssh" {
				sshVictim(v, Namespace)
			}
			if _, err := verify(v.files, v.trust, v.now); err != nil {
				t.Fatal(err)
			}
			n := 0
			for i := range v.files {
				for at := range v.files[i].Data {
					for bit := range 8 {
						v.files[i].Data[at] ^= 1 << bit
						if _, err := verify(v.files, v.trust, v.now); err == nil {
							t.Errorf("%s, byte %d, bit %d: accepted", v.files[i].Name, at, bit)
						}
						v.files[i].Data[at] ^= 1 << bit
						n++
					}
				}
			}
			t.Logf("%d bits", n)
		})
	}
}

// TestCutEverywhere: an encrypted package that ends too early, and a tar that does, are refused, wherever it ends.
func TestCutEverywhere(t *testing.T) {
	v := newVictim(t)
	plain := Tar(v.files, made)
	sealed, err := Encrypt(plain, []age.Recipient{v.id.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{plain, sealed} {
		for n := range len(data) {
			files, err := unpack(data[:n], []age.Identity{v.id})
			if err == nil {
				_, err = verify(files, v.trust, v.now)
			}
			if err == nil {
				t.Fatalf("%d of %d bytes are accepted", n, len(data))
			}
		}
	}
}
