// Command tables runs detect over a folder of labelled pairs and writes the tables of docs/accuracy.md.
//
//	go run ./cmd/detect/internal/accuracy/tables [-method M,…] [-threshold T,…] [-fit quarter] [-pictures DIR]
//
// The pairs are those of PASSDIFF_DATA. Every method is run with every threshold that is given, else with its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/cmd/detect/internal/accuracy/page"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
)

// settings are what flags and the environment say.
type settings struct {
	data, page, pictures string
	chains               []accuracy.Chain
	command              string // how the tables can be made again
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = s.run(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tables:", err)
		os.Exit(int(exit.Of(ctx, err)))
	}
}

// parse reads the command line; its errors carry exit.Usage.
func parse(args []string) (*settings, error) {
	s := &settings{command: "go run ./cmd/detect/internal/accuracy/tables"}
	root, err := page.Root()
	if err != nil {
		return nil, err
	}
	s.data = page.Data(root)
	f := flag.NewFlagSet("tables", flag.ContinueOnError)
	method := f.String("method", "auto,cva,irmad", "`methods`, separated by commas: "+strings.Join(change.MethodNames(), ", "))
	threshold := f.String("threshold", "", "`thresholds` in place of the methods' own, separated by commas: "+strings.Join(change.ThresholdNames(), ", "))
	fit := f.String("fit", "sample", "what is fitted on: sample, as detect does, or quarter, a quarter of the pixels")
	f.StringVar(&s.page, "page", page.Default(root), "`file` into which the tables go")
	f.StringVar(&s.pictures, "pictures", "", "`folder` outside the repository for a picture of each pair")
	if err := f.Parse(args); err != nil {
		return nil, exit.With(exit.Usage, err)
	}
	if f.NArg() > 0 {
		return nil, exit.Errorf(exit.Usage, "%s: is one argument too many", f.Arg(0))
	}
	if s.pictures != "" {
		if s.pictures, err = filepath.Abs(s.pictures); err != nil {
			return nil, exit.With(exit.Usage, err)
		}
		if in, err := filepath.Rel(root, s.pictures); err == nil && filepath.IsLocal(in) {
			return nil, exit.Errorf(exit.Usage, "%s: lies in the repository, and the licences of the pairs do not allow their pictures there; name a folder outside", s.pictures)
		}
	}
	if *fit != "sample" && *fit != "quarter" {
		return nil, exit.Errorf(exit.Usage, "-fit %q is not known; choose sample or quarter", *fit)
	}
	s.chains, err = chains(*method, *threshold)
	for i := range s.chains {
		s.chains[i].Quarter = *fit == "quarter"
	}
	f.Visit(func(given *flag.Flag) {
		if given.Name == "method" || given.Name == "threshold" || given.Name == "fit" {
			s.command += " -" + given.Name + " " + given.Value.String()
		}
	})
	return s, exit.With(exit.Usage, err)
}

// chains are every method with every threshold; without thresholds, with its own.
func chains(methods, thresholds string) (all []accuracy.Chain, err error) {
	ts := []change.Threshold{nil}
	if thresholds != "" {
		ts = nil
		for name := range strings.SplitSeq(thresholds, ",") {
			t, err := change.ParseThreshold(name)
			if err != nil {
				return nil, err
			}
			ts = append(ts, t)
		}
	}
	for name := range strings.SplitSeq(methods, ",") {
		m, err := change.ParseMethod(name)
		if err != nil {
			return nil, err
		}
		for _, t := range ts {
			all = append(all, accuracy.Chain{Method: m, Threshold: t})
		}
	}
	return all, nil
}

// run makes the tables. The page is written when all pairs have been compared.
func (s *settings) run(ctx context.Context) error {
	pairs, err := accuracy.Find(s.data)
	if err != nil {
		return err
	}
	tables := "Made by `" + s.command + "`.\n"
	for _, c := range s.chains {
		fmt.Println(c)
		var outcomes []*accuracy.Outcome
		for _, p := range pairs {
			o, err := c.Run(ctx, p)
			if err != nil {
				return err
			}
			fmt.Println(" ", o)
			if s.pictures != "" {
				if err := s.draw(ctx, c, o); err != nil {
					return err
				}
			}
			outcomes = append(outcomes, o)
		}
		tables += "\n" + accuracy.Table(c, outcomes)
	}
	return page.Fill(s.page, page.Section{Name: "tables", Text: tables})
}

// draw writes the picture of an outcome.
func (s *settings) draw(ctx context.Context, c accuracy.Chain, o *accuracy.Outcome) error {
	if err := os.MkdirAll(s.pictures, 0o755); err != nil {
		return exit.With(exit.Output, err)
	}
	img, err := o.Picture(ctx)
	if err != nil {
		return exit.With(exit.Input, err)
	}
	return output.Write(filepath.Join(s.pictures, o.Pair.Label()+c.Suffix()+".png"), func(w io.Writer) error { return png.Encode(w, img) })
}
