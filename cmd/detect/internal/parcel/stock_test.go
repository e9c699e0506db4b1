package parcel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestStockChecksOurs: minisign, ssh-keygen, sha256sum, age and tar open and verify what Build, Tar and Encrypt make, with keys that the stock tools made.
func TestStockChecksOurs(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, dir string) Signer // in dir, with trust
		run  func(t *testing.T, dir, pkg string)
	}{
		{"minisign", func(t *testing.T, dir string) Signer {
			if testing.Short() {
				t.Skip("the password of a stock key takes 1 GB to check, and six under the race detector; not with -short")
			}
			tool(t, dir, "secret\nsecret\n", "minisign", "-G", "-p", "k.pub", "-s", "k.sec")
			s, err := MinisignKey(filepath.Join(dir, "k.sec"), password("secret"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := MinisignKey(filepath.Join(dir, "k.sec"), password("wrong")); err == nil {
				t.Error("a wrong password opens the key")
			}
			return s
		}, func(t *testing.T, dir, pkg string) {
			tool(t, pkg, "", "minisign", "-Vm", SumsName, "-p", filepath.Join(dir, "k.pub"))
		}},
		{"minisign without password", func(t *testing.T, dir string) Signer {
			tool(t, dir, "", "minisign", "-G", "-W", "-p", "k.pub", "-s", "k.sec")
			s, err := MinisignKey(filepath.Join(dir, "k.sec"), nil)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}, func(t *testing.T, dir, pkg string) {
			tool(t, pkg, "", "minisign", "-Vm", SumsName, "-p", filepath.Join(dir, "k.pub"))
		}},
		{"ssh-keygen", func(t *testing.T, dir string) Signer {
			tool(t, dir, "", "ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", "k")
			s, err := SSHKey(filepath.Join(dir, "k"), password("secret"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := SSHKey(filepath.Join(dir, "k"), password("wrong")); err == nil {
				t.Error("a wrong password opens the key")
			}
			return s
		}, func(t *testing.T, dir, pkg string) {
			public, err := os.ReadFile(filepath.Join(dir, "k.pub"))
			if err != nil {
				t.Fatal(err)
			}
			save(t, filepath.Join(dir, "allowed"), []byte("us namespaces=\""+Namespace+"\" "+string(public)))
			sums, err := os.ReadFile(filepath.Join(pkg, SumsName))
			if err != nil {
				t.Fatal(err)
			}
			tool(t, pkg, string(sums), "ssh-keygen", "-Y", "verify", "-f", filepath.Join(dir, "allowed"), "-I", "us", "-n", Namespace, "-s", SSHName)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s := c.make(t, dir)
			files := build(t, data(), manifest(), s)
			tool(t, dir, "", "age-keygen", "-o", "id.txt")
			ids, err := ReadIdentities(filepath.Join(dir, "id.txt"), nil)
			if err != nil {
				t.Fatal(err)
			}
			sealed, err := Encrypt(Tar(files, made), []age.Recipient{ids[0].(*age.X25519Identity).Recipient()})
			if err != nil {
				t.Fatal(err)
			}
			save(t, filepath.Join(dir, "p.tar.age"), sealed)
			tool(t, dir, "", "age", "-d", "-i", "id.txt", "-o", "p.tar", "p.tar.age")
			pkg := filepath.Join(dir, "pkg")
			if err := os.Mkdir(pkg, 0o777); err != nil {
				t.Fatal(err)
			}
			tool(t, dir, "", "tar", "-xf", "p.tar", "-C", "pkg")
			c.run(t, dir, pkg)
			if out := tool(t, pkg, "", "sha256sum", "--strict", "-c", SumsName); strings.Count(out, ": OK") != len(files)-2 {
				t.Errorf("sha256sum checked other than %d files:\n%s", len(files)-2, out)
			}
			if again := build(t, data(), manifest(), s); string(Tar(again, made)) != string(Tar(files, made)) {
				t.Error("the same inputs give other bytes")
			}
		})
	}
}

// TestStockMakes: packages whose sums, signature, tar and encryption the stock tools made are accepted.
func TestStockMakes(t *testing.T) {
	for _, c := range []struct {
		name string
		sign func(t *testing.T, dir, pkg string) (trust string)
	}{
		{"minisign", func(t *testing.T, dir, pkg string) string {
			tool(t, dir, "", "minisign", "-G", "-W", "-p", "k.pub", "-s", "k.sec")
			tool(t, pkg, "", "minisign", "-S", "-s", filepath.Join(dir, "k.sec"), "-m", SumsName)
			return "k.pub"
		}},
		{"minisign, not hashed, with a trusted comment", func(t *testing.T, dir, pkg string) string {
			tool(t, dir, "", "minisign", "-G", "-W", "-p", "k.pub", "-s", "k.sec")
			tool(t, pkg, "", "minisign", "-S", "-l", "-s", filepath.Join(dir, "k.sec"), "-m", SumsName, "-t", "from us")
			return "k.pub"
		}},
		{"ssh-keygen", func(t *testing.T, dir, pkg string) string {
			tool(t, dir, "", "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "k")
			tool(t, pkg, "", "ssh-keygen", "-q", "-Y", "sign", "-n", Namespace, "-f", filepath.Join(dir, "k"), SumsName)
			public, err := os.ReadFile(filepath.Join(dir, "k.pub"))
			if err != nil {
				t.Fatal(err)
			}
			save(t, filepath.Join(dir, "allowed"), []byte("# ours\nus@example.org,other valid-after=\"20260101Z\",namespaces=\""+Namespace+"\" "+string(public)))
			return "allowed"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			s, _ := keys(t)
			pkg := write(t, build(t, data(), manifest(), s))
			if err := os.Remove(filepath.Join(pkg, MinisignName)); err != nil {
				t.Fatal(err)
			}
			tool(t, pkg, "", "sh", "-c", "rm SHA256SUMS; sha256sum * > ../sums; mv ../sums SHA256SUMS")
			trust, err := ReadTrust(filepath.Join(dir, c.sign(t, dir, pkg)))
			if err != nil {
				t.Fatal(err)
			}
			tool(t, dir, "", "age-keygen", "-o", "id.txt")
			recipient := strings.TrimSpace(tool(t, dir, "", "age-keygen", "-y", "id.txt"))
			tool(t, dir, "", "sh", "-c", "cd '"+pkg+"' && tar -cf '"+dir+"/p.tar' *")
			tool(t, dir, "", "age", "-r", recipient, "-o", "p.tar.age", "p.tar")
			ids, err := ReadIdentities(filepath.Join(dir, "id.txt"), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{pkg, filepath.Join(dir, "p.tar"), filepath.Join(dir, "p.tar.age")} {
				p, err := Open(path, trust, ids, looked)
				if err != nil {
					t.Error(err)
				} else if len(p.Features) != 1 || p.Manifest.Partner != "ngo-a" {
					t.Errorf("%s: %+v", path, p)
				}
			}
		})
	}
}
