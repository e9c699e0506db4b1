package parcel

import (
	"bytes"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"passdiff/cmd/detect/internal/exit"
)

// Namespace keeps a signature over something else, made with the same SSH key, from being taken for one over a package (ssh-keygen -Y sign -n).
const Namespace = "passdiff-release"

// The layout of signatures by ssh-keygen -Y (OpenSSH, PROTOCOL.sshsig).
const (
	sshMagic   = "SSHSIG"
	sshVersion = 1
	sshHash    = "sha512"
	sshBegin   = "-----BEGIN SSH SIGNATURE-----\n"
	sshEnd     = "-----END SSH SIGNATURE-----\n"
	sshWidth   = 70
)

type sshKey struct{ signer ssh.Signer }

// SSHKey reads an Ed25519 private key as ssh-keygen writes it. The password is asked for when the key is encrypted.
func SSHKey(path string, password func(path string) ([]byte, error)) (Signer, error) {
	data, err := ReadKey(path)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(data)
	if locked := (*ssh.PassphraseMissingError)(nil); errors.As(err, &locked) {
		secret, err := askPassword(path, password)
		if err != nil {
			return nil, err
		}
		if signer, err = ssh.ParsePrivateKeyWithPassphrase(data, secret); err != nil {
			return nil, exit.Errorf(exit.Input, "%s: the password does not open this key", path)
		}
	} else if err != nil {
		return nil, exit.Errorf(exit.Input, "%s: is no SSH private key (%w); ssh-keygen -t ed25519 makes one", path, err)
	}
	if t := signer.PublicKey().Type(); t != ssh.KeyAlgoED25519 {
		return nil, exit.Errorf(exit.Input, "%s: is a key of type %s; packages are signed with %s (ssh-keygen -t ed25519)", path, t, ssh.KeyAlgoED25519)
	}
	return sshKey{signer}, nil
}

// Sign implements Signer.
func (k sshKey) Sign(sums []byte) (File, error) {
	sig, err := k.signer.Sign(rand.Reader, sshSigned(sums))
	if err != nil {
		return File{}, err
	}
	return File{SSHName, sshArmor(sshBlob(k.signer.PublicKey().Marshal(), ssh.Marshal(sig)))}, nil
}

// sshSigned is what is signed for a message.
func sshSigned(message []byte) []byte {
	h := sha512.Sum512(message)
	return append([]byte(sshMagic), bytes.Join([][]byte{wire(Namespace), wire(""), wire(sshHash), wire(string(h[:]))}, nil)...)
}

func sshBlob(key, sig []byte) []byte {
	b := binary.BigEndian.AppendUint32([]byte(sshMagic), sshVersion)
	return append(b, bytes.Join([][]byte{wire(string(key)), wire(Namespace), wire(""), wire(sshHash), wire(string(sig))}, nil)...)
}

// wire is a text behind its length in four bytes, as SSH writes it.
func wire(s string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...)
}

func sshArmor(blob []byte) []byte {
	var b bytes.Buffer
	b.WriteString(sshBegin)
	text := base64.StdEncoding.EncodeToString(blob)
	for ; len(text) > sshWidth; text = text[sshWidth:] {
		b.WriteString(text[:sshWidth] + "\n")
	}
	b.WriteString(text + "\n" + sshEnd)
	return b.Bytes()
}

// sshFields are the parts of a signature.
type sshFields struct {
	PublicKey []byte
	Namespace string
	Reserved  string
	Hash      string
	Signature []byte
}

// checkSSH finds the key that made a signature over sums. The signature must be written as ssh-keygen writes it.
func checkSSH(sums, armored []byte, keys []Key) (*Key, error) {
	text, ok := strings.CutPrefix(string(armored), sshBegin)
	text, ok2 := strings.CutSuffix(text, sshEnd)
	blob, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(text, "\n", ""))
	if !ok || !ok2 || err != nil || !bytes.Equal(sshArmor(blob), armored) {
		return nil, fmt.Errorf("%s is not written as ssh-keygen -Y sign writes it", SSHName)
	}
	rest, ok := bytes.CutPrefix(blob, binary.BigEndian.AppendUint32([]byte(sshMagic), sshVersion))
	var s sshFields
	if !ok || ssh.Unmarshal(rest, &s) != nil {
		return nil, fmt.Errorf("%s is no SSH signature of version %d", SSHName, sshVersion)
	}
	if s.Namespace != Namespace || s.Hash != sshHash || s.Reserved != "" {
		return nil, fmt.Errorf("%s is for the namespace %.40q with %.20q; sign with ssh-keygen -Y sign -n %s, which hashes with %s", SSHName, s.Namespace, s.Hash, Namespace, sshHash)
	}
	public, err := ssh.ParsePublicKey(s.PublicKey)
	var sig ssh.Signature
	if err != nil || ssh.Unmarshal(s.Signature, &sig) != nil || !bytes.Equal(sshBlob(public.Marshal(), ssh.Marshal(sig)), blob) {
		return nil, fmt.Errorf("%s holds no key or no signature", SSHName)
	}
	for i := range keys {
		k := &keys[i]
		if k.ssh == nil || !bytes.Equal(k.ssh.Marshal(), s.PublicKey) {
			continue
		}
		if err := public.Verify(sshSigned(sums), &sig); err != nil {
			return nil, fmt.Errorf("%s is not a signature over this %s by the key %s", SSHName, SumsName, k.ID)
		}
		return k, nil
	}
	return nil, fmt.Errorf("the SSH key %s signed it, which is not among the trusted ones", ssh.FingerprintSHA256(public))
}
