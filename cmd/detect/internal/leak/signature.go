package leak

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// sums looks whether SHA256SUMS is over the files that are there, as sha256sum writes it, and whether the signature has no room for anything else. Whose it
// is, and whether it holds, is for detect verify, which is given a key.
func (c *checker) sums(files map[string][]byte) {
	lines := strings.SplitAfter(string(files["SHA256SUMS"]), "\n")
	var want []string
	for _, name := range needed {
		if name != "SHA256SUMS" {
			want = append(want, fmt.Sprintf("%x  %s\n", sha256.Sum256(files[name]), name))
		}
	}
	if want = append(want, ""); !slices.Equal(lines, want) {
		c.leak("SHA256SUMS", "is not the sums of the files that are there, by name")
	}
	if data, ok := files["SHA256SUMS.minisig"]; ok && !isMinisign(string(data)) {
		c.leak("SHA256SUMS.minisig", "is not a signature of minisign with the comments of a release, and nothing else")
	}
	if data, ok := files["SHA256SUMS.sig"]; ok && !isSSH(string(data)) {
		c.leak("SHA256SUMS.sig", "is not a signature of ssh-keygen by an Ed25519 key for passdiff-release, and nothing else")
	}
}

// isMinisign reports whether a text is a signature of minisign: "ED", 8 bytes of the key's id and a signature of 64 bytes, and one of 64 bytes over that.
func isMinisign(text string) bool {
	l := strings.Split(text, "\n")
	if len(l) != 5 || l[0] != "untrusted comment: signature from minisign secret key" || l[2] != "trusted comment: passdiff-release/1 SHA256SUMS" || l[4] != "" {
		return false
	}
	signature, global := decoded(l[1]), decoded(l[3])
	return len(signature) == 2+8+64 && strings.HasPrefix(signature, "ED") && len(global) == 64
}

// decoded is what base 64 stands for; "" when it is written otherwise than need be.
func decoded(text string) string {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(b) != text {
		return ""
	}
	return string(b)
}

// isSSH reports whether a text is a signature of ssh-keygen -Y: all but the key and the signature is known, and stands where it always does.
func isSSH(text string) bool {
	const begin, end = "-----BEGIN SSH SIGNATURE-----\n", "-----END SSH SIGNATURE-----\n"
	const keyAt = 33 // behind the version, and the lengths and the kind of the key
	body, ok := strings.CutPrefix(text, begin)
	body, ok2 := strings.CutSuffix(body, end)
	blob := decoded(strings.ReplaceAll(body, "\n", ""))
	if !ok || !ok2 || len(blob) < keyAt+32+64 {
		return false
	}
	want := base64.StdEncoding.EncodeToString([]byte(sshBlob(blob[keyAt:keyAt+32], blob[len(blob)-64:])))
	var lines strings.Builder
	for ; len(want) > 70; want = want[70:] {
		lines.WriteString(want[:70] + "\n")
	}
	return body == lines.String()+want+"\n"
}

// sshBlob is the bytes of a signature of OpenSSH (PROTOCOL.sshsig) by an Ed25519 key.
func sshBlob(key, signature string) string {
	const kind = "ssh-ed25519"
	return "SSHSIG\x00\x00\x00\x01" + wire(wire(kind)+wire(key)) + wire("passdiff-release") + wire("") + wire("sha512") + wire(wire(kind)+wire(signature))
}

// wire is a text behind its length.
func wire(s string) string { return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s }
