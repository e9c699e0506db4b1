// Command studies asks of auto, on a folder of labelled pairs, whether its limits carry over to imagery that did not choose them, and
// whether its confidence is reliable. It writes both into docs/accuracy.md, and fails when the numbers in the code no longer fit.
//
//	go run ./cmd/detect/internal/accuracy/studies
//
// The pairs are those of PASSDIFF_DATA.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"passdiff/change"
	"passdiff/cmd/detect/internal/accuracy"
	"passdiff/cmd/detect/internal/accuracy/calibration"
	"passdiff/cmd/detect/internal/accuracy/decision"
	"passdiff/cmd/detect/internal/accuracy/page"
	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
)

// curve is the drawing's name beside the page.
const curve = "confidence.svg"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "studies:", err)
		os.Exit(int(exit.Of(ctx, err)))
	}
}

// run reads the command line, studies and writes. Its errors carry exit codes.
func run(ctx context.Context, args []string) error {
	root, err := page.Root()
	if err != nil {
		return err
	}
	f := flag.NewFlagSet("studies", flag.ContinueOnError)
	into := f.String("page", page.Default(root), "`file` into which the tables go, the drawing beside it")
	if err := f.Parse(args); err != nil {
		return exit.With(exit.Usage, err)
	}
	if f.NArg() > 0 {
		return exit.Errorf(exit.Usage, "%s: is one argument too many", f.Arg(0))
	}
	replays, err := replay(ctx, page.Data(root))
	if err != nil {
		return err
	}
	limits, err := decide(ctx, replays)
	if err != nil {
		return err
	}
	confidence, err := calibrate(ctx, replays)
	if err != nil {
		return err
	}
	fmt.Println("change/confidence.go should hold", confidence.Weights())
	if err := page.Fill(*into, page.Section{Name: "limits", Text: limits.Markdown()}, page.Section{Name: "confidence", Text: confidence.Markdown()}); err != nil {
		return err
	}
	if err := output.Write(filepath.Join(filepath.Dir(*into), curve), func(w io.Writer) error {
		_, err := io.WriteString(w, confidence.Unseen.SVG())
		return err
	}); err != nil {
		return err
	}
	return errors.Join(limits.Lost(), confidence.Drifted())
}

// replay fits and scores the pairs of a folder by auto. Pairs as delivered are the same ground again.
func replay(ctx context.Context, data string) (all []*accuracy.Replay, err error) {
	pairs, err := accuracy.Find(data)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		if p.Delivered {
			continue
		}
		r, err := accuracy.Chain{Method: change.Auto{}}.Replay(ctx, p)
		if err != nil {
			return nil, err
		}
		fmt.Printf("%-26s %s, correlation %.2f, threshold %.3g\n", p.Label(), r.Kind, r.Correlation, r.Model.Threshold)
		all = append(all, r)
	}
	return all, nil
}

func decide(ctx context.Context, replays []*accuracy.Replay) (*decision.Study, error) {
	grids := decision.Grids{}
	for _, k := range change.PairKinds() {
		grids[k] = decision.Grid(k)
	}
	trials, err := grids.Try(ctx, replays, runtime.GOMAXPROCS(0))
	return decision.NewStudy(grids, trials), err
}

func calibrate(ctx context.Context, replays []*accuracy.Replay) (*calibration.Study, error) {
	detections, err := calibration.Collect(ctx, replays)
	if err != nil {
		return nil, err
	}
	for _, r := range replays {
		if c := r.Model.Confidence; c != nil {
			return calibration.NewStudy(detections, c)
		}
	}
	return nil, exit.Errorf(exit.Input, "no pair could be compared")
}
