package parcel

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"filippo.io/age"

	"passdiff/cmd/detect/internal/frugal"
)

func FuzzManifest(f *testing.F) {
	s, _ := keys(f)
	text, _ := find(build(f, data(), manifest(), s), ManifestName)
	f.Add(text)
	f.Add([]byte(`{"format":"passdiff-release/1","sequence":1e400}`))
	f.Add(bytes.Repeat([]byte("["), 20000))
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			m, err := ParseManifest(data)
			if err != nil {
				return
			}
			if same, err := m.encode(); err != nil || !bytes.Equal(same, data) {
				t.Errorf("is accepted and written as %q: %v", same, err)
			}
		})
	})
}

func FuzzTar(f *testing.F) {
	s, _ := keys(f)
	files := build(f, data(), manifest(), s)
	f.Add(Tar(files, made))
	f.Add(Tar(nil, made))
	f.Add(Tar(files[:1], made)[:1500])
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			files, err := untar(data)
			if err != nil {
				return
			}
			again, err := untar(Tar(files, made))
			if err != nil || len(again) != len(files) || len(files) > 0 && !reflect.DeepEqual(again, sorted(files)) {
				t.Errorf("%d files are read as %d: %v", len(files), len(again), err)
			}
		})
	})
}

func FuzzTrust(f *testing.F) {
	f.Add([]byte("us minisign RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"))
	f.Add([]byte("untrusted comment: minisign public key\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"))
	f.Add([]byte("a,b namespaces=\"passdiff-release\",valid-after=\"20260101Z\",valid-before=\"20270101000000Z\" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbM8cHLJUzXHZzGtJW0fJ8wz0UJpHMRlbfSPbwWVwOm c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			trust, err := ParseTrust(data)
			if (err == nil) != (trust != nil) {
				t.Error("neither trust nor an error, or both")
			}
		})
	})
}

func FuzzFeatures(f *testing.F) {
	f.Add([]byte(features))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":"x","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[3,2],[3,3],[2,2]]]]},"properties":{"a":null,"b":true,"c":1e-7}}]}`))
	f.Add(append([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":`), bytes.Repeat([]byte(`{"a":`), 20000)...))
	f.Fuzz(func(t *testing.T, data []byte) {
		frugal.Do(t, func() {
			parsed, err := ParseFeatures(data)
			if err != nil {
				return
			}
			again, err := ParseFeatures(WriteFeatures(parsed))
			if err != nil || len(again) != len(parsed) || len(parsed) > 0 && !reflect.DeepEqual(again, parsed) {
				t.Errorf("what was read is written and read as %+v: %v", again, err)
			}
		})
	})
}

// FuzzSignature: nothing but what the signer wrote is a signature over the sums.
func FuzzSignature(f *testing.F) {
	s, trust := keys(f)
	list := []byte("sums\n")
	sig, err := s.Sign(list)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig.Data, false)
	f.Add([]byte(sshBegin+"U1NIU0lHAAAAAQ==\n"+sshEnd), true)
	f.Fuzz(func(t *testing.T, data []byte, ssh bool) {
		name := MinisignName
		if ssh {
			name = SSHName
		}
		frugal.Do(t, func() {
			if _, err := trust.Verify(list, File{name, data}, looked); err == nil && !bytes.Equal(data, sig.Data) {
				t.Errorf("%q is a signature, too", data)
			}
		})
	})
}

func FuzzChains(f *testing.F) {
	c := Chains{links: []link{{"a", "b", 1, other}}}
	f.Add(c.Encode())
	path := filepath.Join(f.TempDir(), "seen.json")
	f.Fuzz(func(t *testing.T, data []byte) {
		save(t, path, data)
		frugal.Do(t, func() {
			c, err := ReadChains(path)
			if err == nil && !bytes.Equal(c.Encode(), data) {
				t.Error("is accepted and written otherwise")
			}
		})
	})
}

// TestMemory: files of features that are hard to read take a bounded multiple of their size, of which little is kept.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads large files; not with -short")
	}
	point := []byte("[0,0],")
	ring := bytes.Repeat(point, 2<<20/len(point))
	one := append(append([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","id":"x","geometry":{"type":"Polygon","coordinates":[[`), ring...),
		`[0,0]]]},"properties":{}}]}`...)
	small := []byte(`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[0,0],[0,0],[0,0]]]},"properties":{"a":0,"b":0,"c":0}},`)
	many := append(append([]byte(`{"type":"FeatureCollection","features":[`), bytes.TrimSuffix(bytes.Repeat(small, 2<<20/len(small)), []byte(","))...), `]}`...)
	for _, text := range [][]byte{one, many} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		parsed, err := ParseFeatures(text)
		runtime.GC()
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		kept, all := float64(after.HeapAlloc-before.HeapAlloc)/float64(len(text)), float64(after.TotalAlloc-before.TotalAlloc)/float64(len(text))
		t.Logf("%d features of %d bytes: %.1f bytes kept and %.1f allocated for each", len(parsed), len(text), kept, all)
		if kept > 8 || all > 150 {
			t.Error("too much")
		}
		runtime.KeepAlive(parsed)
	}
}

// TestIdentities: files of age identities, plain and with a password, and what is none.
func TestIdentities(t *testing.T) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	recipient, err := age.NewScryptRecipient("secret")
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(10)
	sealed, err := Encrypt([]byte(id.String()+"\n"), []age.Recipient{recipient})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "id")
	for _, c := range []struct {
		data     []byte
		password func(string) ([]byte, error)
		ok       bool
	}{
		{[]byte("# ours\n" + id.String() + "\n"), nil, true}, {sealed, password("secret"), true}, {sealed, password("wrong"), false}, {sealed, nil, false},
		{sealed, func(string) ([]byte, error) { return nil, errors.New("no") }, false}, {[]byte("x"), nil, false}, {make([]byte, maxKey+1), nil, false},
	} {
		save(t, path, c.data)
		if ids, err := ReadIdentities(path, c.password); (err == nil) != c.ok || c.ok && len(ids) != 1 {
			t.Errorf("%d identities: %v", len(ids), err)
		}
	}
	for text, ok := range map[string]bool{"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n": true, "0011": false, "": false} {
		save(t, path, []byte(text))
		if _, err := ReadSecret(path, nil); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSecret(path, nil); err == nil {
		t.Error("no file is a secret")
	}
}
