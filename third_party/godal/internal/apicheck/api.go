package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// api is what a package declares.
type api struct {
	// decls are the exported names: "Open", or "Dataset.Close" for a method.
	decls map[string]bool
	// mentions are the names in the signature or definition of a declaration,
	// unexported declarations included.
	mentions map[string][]string
	// embeds are the types whose methods a struct has by embedding them.
	embeds map[string][]string
	// methods are the exported methods by the type they are declared on.
	methods map[string][]string
}

func readAPI(dir string) (*api, error) {
	a := &api{
		decls:    map[string]bool{},
		mentions: map[string][]string{},
		embeds:   map[string][]string{},
		methods:  map[string][]string{},
	}
	files, err := parseDir(dir, false)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				a.addFunc(d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					a.addSpec(s)
				}
			}
		}
	}
	// A method of an embedded, unexported type is a method of each exported type
	// that embeds it.
	for outer, inner := range a.embeds {
		for _, in := range inner {
			for _, m := range a.methods[in] {
				a.addMethod(outer, m, a.mentions[in+"."+m])
			}
		}
	}
	return a, nil
}

func (a *api) addMethod(typ, name string, mentions []string) {
	full := typ + "." + name
	a.mentions[full] = mentions
	if ast.IsExported(typ) {
		a.decls[full] = true
	}
}

func (a *api) addFunc(d *ast.FuncDecl) {
	name := d.Name.Name
	if d.Recv == nil {
		a.mentions[name] = names(d.Type)
		if ast.IsExported(name) {
			a.decls[name] = true
		}
		return
	}
	if !ast.IsExported(name) {
		return
	}
	typ := names(d.Recv.List[0].Type)[0]
	a.methods[typ] = append(a.methods[typ], name)
	a.addMethod(typ, name, names(d.Type))
}

func (a *api) addSpec(s ast.Spec) {
	switch s := s.(type) {
	case *ast.TypeSpec:
		a.add(s.Name.Name, names(s.Type))
		if st, ok := s.Type.(*ast.StructType); ok {
			for _, f := range st.Fields.List {
				if len(f.Names) == 0 {
					a.embeds[s.Name.Name] = append(a.embeds[s.Name.Name], names(f.Type)...)
				}
			}
		}
	case *ast.ValueSpec:
		for i, n := range s.Names {
			var mentioned []string
			if s.Type != nil {
				mentioned = names(s.Type)
			}
			if i < len(s.Values) {
				mentioned = append(mentioned, names(s.Values[i])...)
			}
			a.add(n.Name, mentioned)
		}
	}
}

func (a *api) add(name string, mentions []string) {
	a.mentions[name] = mentions
	if ast.IsExported(name) {
		a.decls[name] = true
	}
}

// names lists the identifiers of an expression; of a selection, only what is
// selected from.
func names(n ast.Node) []string {
	var out []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			out = append(out, n.Name)
		case *ast.SelectorExpr:
			out = append(out, names(n.X)...)
			return false
		}
		return true
	})
	return out
}

// parseDir parses the Go files directly inside dir.
func parseDir(dir string, tests bool) ([]*ast.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !strings.HasSuffix(name, ".go") || !tests && strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
