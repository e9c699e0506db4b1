package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// usage is what passdiff uses of godal.
type usage struct {
	names    map[string]bool // X of godal.X
	selected map[string]bool // X of anything.X that may be a method
	trespass []string        // files that import godal and may not, from ROOT
}

func readUsage(root string) (*usage, error) {
	u := &usage{names: map[string]bool{}, selected: map[string]bool{}}
	found := false
	for _, dir := range users {
		files, err := parseDir(filepath.Join(root, filepath.FromSlash(dir)), true)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(files, func(f *ast.File) bool { return importName(f) != "" }) {
			found = true
			for _, f := range files {
				u.addFile(f)
			}
		}
	}
	if !found {
		return nil, fmt.Errorf("none of %s imports godal", strings.Join(users, ", "))
	}
	return u, u.findTrespass(root)
}

// importName is the name godal has in the file; "" when it is not imported.
func importName(f *ast.File) string {
	for _, imp := range f.Imports {
		if path, _ := strconv.Unquote(imp.Path.Value); path == importPath {
			if imp.Name != nil {
				return imp.Name.Name
			}
			return "godal"
		}
	}
	return ""
}

func (u *usage) addFile(f *ast.File) {
	godal := importName(f)
	packages := map[string]bool{}
	for _, imp := range f.Imports {
		path, _ := strconv.Unquote(imp.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if imp.Name != nil {
			name = imp.Name.Name
		}
		packages[name] = true
	}
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		from, _ := sel.X.(*ast.Ident)
		switch {
		case from != nil && godal != "" && from.Name == godal:
			u.names[sel.Sel.Name] = true
		case from == nil || !packages[from.Name]:
			u.selected[sel.Sel.Name] = true
		}
		return true
	})
}

// findTrespass looks for imports of godal outside the packages that may.
func (u *usage) findTrespass(root string) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if rel != "." && (name[0] == '.' || name[0] == '_' || name == "testdata" || ownModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || slices.Contains(users, filepath.ToSlash(filepath.Dir(rel))) {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		if importName(f) != "" {
			u.trespass = append(u.trespass, filepath.ToSlash(rel))
		}
		return nil
	})
}

func ownModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// compare lists the differences, sorted within each kind.
func compare(a *api, u *usage) []string {
	used := map[string]bool{}
	var mark func(name string)
	mark = func(name string) {
		if used[name] {
			return
		}
		used[name] = true
		for _, m := range a.mentions[name] {
			mark(m)
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(u.names)) {
		if !a.decls[name] {
			out = append(out, "used but not exported: godal."+name)
		}
		mark(name)
	}
	for name := range a.decls {
		if _, method, ok := strings.Cut(name, "."); ok && u.selected[method] {
			mark(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.decls)) {
		typ, method, _ := strings.Cut(name, ".")
		if used[name] || method == "String" && used[typ] {
			continue
		}
		out = append(out, "exported but not used: godal."+name)
	}
	for _, file := range u.trespass {
		out = append(out, "imports godal but may not: "+file)
	}
	return out
}
