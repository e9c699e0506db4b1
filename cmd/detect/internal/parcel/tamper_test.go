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

// resum makes the sums fit the files again, resign also the signature, which only the publisher can.
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

// tampering is refused; want is part of the reason.
type tampering struct {
	name, want string
	do         func(v *victim) error
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
	tamperings := slices.Concat(tamperingsOfFiles, tamperingsOfTars)
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
