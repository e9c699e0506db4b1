package leak

import (
	"encoding/base64"
	"strings"
	"testing"
)

// sshSigned is what ssh-keygen (OpenSSH 9.2p1) wrote over a file with the line "sums": ssh-keygen -Y sign -f key -n passdiff-release.
const sshSigned = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgTDlXk8GxjvkeAkri5N2nfQC+Wj
84Km/6xtvVdIk+Iu4AAAAQcGFzc2RpZmYtcmVsZWFzZQAAAAAAAAAGc2hhNTEyAAAAUwAA
AAtzc2gtZWQyNTUxOQAAAEC5lD2OHbU9Uhqg12X0LcT6nGaU1VFO+8qJKdUswJ679xE92P
XJhb5rLNrOqmEXph10hfl9t62E2pRq8D3Gp/MA
-----END SSH SIGNATURE-----
`

// TestSignatures: a signature has no room for anything else.
func TestSignatures(t *testing.T) {
	blob, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimPrefix(strings.TrimSuffix(sshSigned, "-----END SSH SIGNATURE-----\n"), "-----BEGIN SSH SIGNATURE-----\n"), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	// armoured writes bytes as ssh-keygen would.
	armoured := func(blob string) string {
		text, lines := base64.StdEncoding.EncodeToString([]byte(blob)), ""
		for ; len(text) > 70; text = text[70:] {
			lines += text[:70] + "\n"
		}
		return "-----BEGIN SSH SIGNATURE-----\n" + lines + text + "\n-----END SSH SIGNATURE-----\n"
	}
	changed := func(old, new string) string {
		if !strings.Contains(string(blob), old) {
			t.Fatalf("%q is not in the signature", old)
		}
		return armoured(strings.Replace(string(blob), old, new, 1))
	}
	for _, c := range []struct {
		what, text string
		ok         bool
	}{
		{"of ssh-keygen", sshSigned, true},
		{"written anew", armoured(string(blob)), true},
		{"with a text behind", sshSigned + "alice\n", false},
		{"with a line feed behind", sshSigned + "\n", false},
		{"with a text before", "alice\n" + sshSigned, false},
		{"with a text inside", strings.Replace(sshSigned, "\n", "\nalice\n", 1), false},
		{"with a comment inside", strings.Replace(sshSigned, "\n", "\nComment: alice\n", 1), false},
		{"with a line broken elsewhere", strings.Replace(sshSigned, "U1NI", "U1NI\n", 1), false},
		{"with a carriage return", strings.Replace(sshSigned, "U1NI", "U1NI\r", 1), false},
		{"with spaces", strings.Replace(sshSigned, "U1NI", "U1NI ", 1), false},
		{"twice", sshSigned + sshSigned, false},
		{"without an end", strings.TrimSuffix(sshSigned, "-----END SSH SIGNATURE-----\n"), false},
		{"without its last line feed", strings.TrimSuffix(sshSigned, "\n"), false},
		{"with bytes behind", armoured(string(blob) + "alice"), false},
		{"with bytes less", armoured(string(blob[:len(blob)-1])), false},
		{"of another version", changed("SSHSIG\x00\x00\x00\x01", "SSHSIG\x00\x00\x00\x02"), false},
		{"for another namespace", changed("passdiff-release", "passdiff-relaese"), false},
		{"with something reserved", changed("release\x00\x00\x00\x00", "release\x00\x00\x00\x05alice"), false},
		{"with another hash", changed("sha512", "sha256"), false},
		{"by another kind of key", changed("ssh-ed25519", "ssh-ed25518"), false},
		{"with a longer key", changed("\x00\x00\x00\x33", "\x00\x00\x00\x34"), false},
		{"of nothing", "", false},
		{"of no bytes", armoured(""), false},
	} {
		if got := isSSH(c.text); got != c.ok {
			t.Errorf("%s: %v, want %v", c.what, got, c.ok)
		}
	}
	good := minisigned(74, 64)
	for _, c := range []struct {
		what, text string
		ok         bool
	}{
		{"of minisign", good, true},
		{"with a line behind", good + "alice\n", false},
		{"with a line before", "alice\n" + good, false},
		{"without its last line feed", strings.TrimSuffix(good, "\n"), false},
		{"with a longer signature", minisigned(75, 64), false},
		{"with a shorter signature", minisigned(73, 64), false},
		{"with a longer global one", minisigned(74, 65), false},
		{"with a shorter global one", minisigned(74, 63), false},
		{"over what is not hashed", strings.Replace(good, "\nRU", "\nRW", 1), false},
		{"with a text in place of the signature", strings.Replace(good, "\nRU", "\nalice RU", 1), false},
		{"with a carriage return", strings.Replace(good, "\nRU", "\nR\rU", 1), false},
		// The last digit of 64 bytes stands for two bits, and four that are 0.
		{"with bits that stand for nothing", strings.Replace(good, "A==\n", "B==\n", 1), false},
		{"with another comment", strings.Replace(good, "secret key", "alice's key", 1), false},
		{"of one line", "alice", false},
		{"of nothing", "", false},
	} {
		if got := isMinisign(c.text); got != c.ok {
			t.Errorf("minisign, %s: %v, want %v", c.what, got, c.ok)
		}
	}
}

// TestSSHPackage: a signature of ssh-keygen stands in place of that of minisign, and is looked through as that.
func TestSSHPackage(t *testing.T) {
	for text, ok := range map[string]bool{sshSigned: true, "alice\n" + sshSigned: false} {
		f := files()
		delete(f, "SHA256SUMS.minisig")
		f["SHA256SUMS.sig"] = text
		if err := check(t, f, rules()); (err == nil) != ok || err != nil && !strings.Contains(err.Error(), "SHA256SUMS.sig") {
			t.Error(err)
		}
	}
}
