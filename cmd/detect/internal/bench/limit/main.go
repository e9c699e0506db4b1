// Command limit times detect beside what no program of its kind can save: reading the bytes of both files, and decoding them. It writes a
// table for each way to store the pair, and one of how time grows with size and with density of change.
//
//	go run ./cmd/detect/internal/bench/limit -dir build/bench -size 10240 -runs 5 -sizes "4096 20480" -densities 0.3 deflate zstd none
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"passdiff/cmd/detect/internal/bench"
)

// options are what the command line says.
type options struct {
	pair     bench.Pair
	runs     int
	detect   string // path of the program
	decode   string // path of what testdata/peers/decode.c becomes
	variants []string
	// grown are further pairs, which are timed beside pair as stored in the first variant.
	grown []bench.Pair
}

// methods of detect that are timed.
var methods = []string{"cva", "irmad", "auto"}

func main() {
	var o options
	flag.StringVar(&o.pair.Dir, "dir", "build/bench", "folder of the pairs, of outputs and of the tables, limit.md")
	size := flag.String("size", "10240", "size of the pair")
	flag.Float64Var(&o.pair.Changed, "changed", bench.UsualChange, "changed share of the pair")
	sizes := flag.String("sizes", "", "further sizes, separated by spaces")
	densities := flag.String("densities", "", "further changed shares, separated by spaces")
	flag.IntVar(&o.runs, "runs", 5, "rounds that count")
	flag.StringVar(&o.detect, "detect", "bin/detect", "the program")
	flag.StringVar(&o.decode, "decode", "build/bench/decode", "the program that decodes and does nothing else")
	flag.Parse()
	o.variants = flag.Args()
	err := o.pairs(*size, strings.Fields(*sizes), strings.Fields(*densities))
	if err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "limit:", err)
		os.Exit(1)
	}
}

// pairs fills in the pairs.
func (o *options) pairs(size string, sizes, densities []string) (err error) {
	if o.pair.Size, err = bench.ParseSize(size); err != nil {
		return err
	}
	if len(o.variants) == 0 {
		return errors.New("no variant of the pair is named")
	}
	for _, s := range sizes {
		p := o.pair
		if p.Size, err = bench.ParseSize(s); err != nil {
			return err
		}
		o.grow(p)
	}
	for _, d := range densities {
		p := o.pair
		if p.Changed, err = strconv.ParseFloat(d, 64); err != nil {
			return err
		}
		o.grow(p)
	}
	return nil
}

// grow adds a pair to grown, unless it is the main one.
func (o *options) grow(p bench.Pair) {
	if p != o.pair {
		o.grown = append(o.grown, p)
	}
}

func run(o options) error {
	machine, err := bench.Machine(o.detect)
	if err != nil {
		return err
	}
	page := fmt.Sprintf("# detect beside decoding\n\n%v pixels of 4 bands uint16, %g %% changed. %d rounds in alternation after one to warm up, warm cache.\n"+
		"Median (least–greatest); a ratio is formed within a round. Decoding is by GDAL, of both files, with a handle for each thread.\n\n%s\n",
		o.pair.Size.Text(), 100*o.pair.Changed, o.runs, machine)
	for _, variant := range o.variants {
		fmt.Fprintln(os.Stderr, variant)
		text, err := o.stored(variant)
		if err != nil {
			return err
		}
		page += fmt.Sprintf("\n## %s\n\n%s", variant, text)
	}
	if len(o.grown) > 0 {
		fmt.Fprintln(os.Stderr, "size and density")
		text, err := o.growth(o.variants[0])
		if err != nil {
			return err
		}
		page += fmt.Sprintf("\n## Size and density, %s, 2 workers\n\n%s", o.variants[0], text)
	}
	fmt.Print(page)
	return os.WriteFile(filepath.Join(o.pair.Dir, "limit.md"), []byte(page), 0o644)
}

// decoding reads both files of a pair with so many threads. The settings of GDAL are those that detect has.
func (o options) decoding(name string, p bench.Pair, variant string, threads int) bench.Command {
	return bench.Command{
		Name: name, Args: []string{o.decode, strconv.Itoa(threads), p.Before(variant), p.After(variant)},
		Env: []string{"GDAL_NUM_THREADS=1", "GDAL_CACHEMAX=16"},
	}
}

// detecting runs detect on a pair.
func (o options) detecting(name string, p bench.Pair, variant, method string, workers int) bench.Command {
	return bench.Detect(name, o.detect, p.Before(variant), p.After(variant), filepath.Join(p.Dir, "detect_"+method+".geojson"), method, workers)
}
