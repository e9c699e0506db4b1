package bench

import (
	"fmt"
	"strings"
)

// Table is a table in Markdown.
type Table struct {
	head []string
	rows [][]string
}

// NewTable begins a table with the names of its columns.
func NewTable(head ...string) *Table { return &Table{head: head} }

// Row adds a row of as many cells as there are columns, each printed as by fmt.Sprint.
func (t *Table) Row(cells ...any) {
	if len(cells) != len(t.head) {
		panic(fmt.Sprintf("bench: %d cells in %d columns", len(cells), len(t.head)))
	}
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = fmt.Sprint(c)
	}
	t.rows = append(t.rows, row)
}

// String is the table, with a line break at the end.
func (t *Table) String() string {
	var b strings.Builder
	line := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	line(t.head)
	b.WriteString(strings.Repeat("|--", len(t.head)) + "|\n")
	for _, r := range t.rows {
		line(r)
	}
	return b.String()
}
