package report

import (
	"regexp"
	"strings"
)

// plainWord is what needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)

// Quoted is a word for a POSIX shell: commands in messages and scripts can be run as they stand.
func Quoted(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
