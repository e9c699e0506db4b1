// Apicheck compares what the godal package exports with what passdiff uses of it.
//
//	go run ./internal/apicheck [-godal DIR] ROOT
//
// ROOT is the folder of passdiff's go.mod; DIR, the working directory by default,
// holds the godal package. It prints one line per difference and exits 1, or one
// line in all and exits 0; it exits 2 when it cannot read the sources.
//
// It reads syntax only, tests of the users included, which sets its limits:
//
//   - A method counts as used when a package that imports godal selects that name
//     from anything but another package: file.Close() keeps every Close.
//   - String methods count as used with their type, because fmt calls them.
//   - A type counts as used, too, when it stands in the signature or definition of
//     something used. Fields of structs are not looked at.
//   - Build constraints are ignored, dot imports are not understood.
//   - Whether a method that is used exists is left to the compiler.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const importPath = "github.com/airbusgeo/godal"

// users are the packages of passdiff that may import godal.
var users = []string{"raster/gdal", "geo/ogr"}

func main() {
	dir := flag.String("godal", ".", "folder of the godal package")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: apicheck [-godal DIR] ROOT")
		os.Exit(2)
	}
	os.Exit(run(*dir, flag.Arg(0), os.Stdout, os.Stderr))
}

func run(dir, root string, stdout, stderr io.Writer) int {
	api, err := readAPI(dir)
	if err == nil && len(api.decls) == 0 {
		err = errors.New(dir + " exports nothing")
	}
	var use *usage
	if err == nil {
		use, err = readUsage(root)
	}
	if err != nil {
		fmt.Fprintln(stderr, "apicheck:", err)
		return 2
	}
	differences := compare(api, use)
	for _, d := range differences {
		fmt.Fprintln(stdout, d)
	}
	if len(differences) > 0 {
		return 1
	}
	fmt.Fprintf(stdout, "godal-api: %d names exported, all used\n", len(api.decls))
	return 0
}
