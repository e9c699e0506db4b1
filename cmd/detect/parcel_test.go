package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"aead.dev/minisign"
	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"passdiff/cmd/detect/internal/parcel"
)

// parcelMade is when the packages of scripts are made. They are valid for thirty days.
var parcelMade = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

// cmdSigner makes a minisign key of a publisher, NAME.sec and NAME.pub, and adds it to the trust file partners.keys.
//
//	signer NAME
func cmdSigner(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: signer NAME")
	}
	public, private, err := minisign.GenerateKey(nil)
	ts.Check(err)
	secret, err := private.MarshalText()
	ts.Check(err)
	text, err := public.MarshalText()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".sec"), append(secret, '\n'), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".pub"), append(text, '\n'), 0o600))
	f, err := os.OpenFile(ts.MkAbs("partners.keys"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(args[0] + " minisign " + public.String() + "\n")
	ts.Check(err)
	ts.Check(f.Close())
}

// cmdSeal encrypts a file with a password as age -p does, which asks at a terminal, with less work.
//
//	seal FILE PASSWORD OUT
func cmdSeal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: seal FILE PASSWORD OUT")
	}
	recipient, err := age.NewScryptRecipient(args[1])
	ts.Check(err)
	recipient.SetWorkFactor(10)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipient)
	ts.Check(err)
	_, err = w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), sealed.Bytes(), 0o600))
}

// cmdParcel makes a package of features, in a folder, and OUT.tar beside it.
//
//	parcel OUT FEATURES NAME [sequence=N] [prev=PACKAGE] [tlp=T] [precision=P] [origins=A,B] [handling=H] [retractions=A,B]
func cmdParcel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: parcel OUT FEATURES NAME [KEY=VALUE...]")
	}
	data := []byte(ts.ReadFile(args[1]))
	features, err := parcel.ParseFeatures(data)
	ts.Check(err)
	m := parcel.Manifest{Partner: "us", Sequence: 1, TLP: parcel.Green, Created: parcelMade, ValidUntil: parcelMade.AddDate(0, 0, 30), Precision: "exact",
		Counts: parcel.Counts{Features: len(features)}}
	for _, s := range args[3:] {
		key, value, _ := strings.Cut(s, "=")
		switch key {
		case "sequence":
			m.Sequence, err = strconv.Atoi(value)
			ts.Check(err)
		case "prev":
			trust, err := parcel.ReadTrust(ts.MkAbs("partners.keys"))
			ts.Check(err)
			p, err := parcel.Open(ts.MkAbs(value), trust, nil, parcelMade)
			ts.Check(err)
			m.PrevManifestSHA256 = p.ManifestSHA256
		case "tlp":
			m.TLP = parcel.TLP(value)
		case "precision":
			m.Precision = value
		case "origins":
			m.Origins = strings.Split(value, ",")
		case "retractions":
			m.Retractions = strings.Split(value, ",")
		case "handling":
			m.Handling = value
		default:
			ts.Fatalf("parcel: %s is not known", key)
		}
	}
	signer, err := parcel.MinisignKey(ts.MkAbs(args[2]+".sec"), nil)
	ts.Check(err)
	files, err := parcel.Build([]parcel.File{{Name: parcel.DetectionName, Data: data}, {Name: "README.txt", Data: []byte("read me\n")}}, m, signer)
	ts.Check(err)
	dir := ts.MkAbs(args[0])
	ts.Check(os.Mkdir(dir, 0o777))
	for _, f := range files {
		ts.Check(os.WriteFile(dir+"/"+f.Name, f.Data, 0o600))
	}
	ts.Check(os.WriteFile(dir+".tar", parcel.Tar(files, parcelMade), 0o600))
}
