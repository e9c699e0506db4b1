package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
)

// newRoot builds the command tree and the reporter to which all of it writes messages.
func newRoot() (*cobra.Command, *report.Reporter) {
	messages := &report.Reporter{Out: os.Stderr, Terminal: term.IsTerminal(int(os.Stderr.Fd()))}
	root := &cobra.Command{
		Use:   "detect",
		Short: "Find what changed between two satellite or aerial passes",
		Long: `detect compares two co-registered passes over the same ground and writes what
appeared, disappeared or was altered as polygons. Each is a candidate until a
person accepts it: a change is not an identification.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(args[0])
			}
			return cmd.Help()
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().BoolVarP(&messages.Quiet, "quiet", "q", false, "no progress and no notes; warnings and errors stay")
	root.PersistentFlags().Var(logFormat{messages}, "log-format", "form of messages: text, or json for one object a line")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return exit.Errorf(exit.Usage, "%w; %s --help lists the options", badFlag(err), cmd.CommandPath())
	})
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}\n\n{{end}}{{.UsageString}}\n" + exit.Table + "\n")
	root.SetHelpCommand(newHelp())
	root.AddCommand(newRun(messages), newBatch(messages), newPlan(messages), newMerge(messages), newTrack(messages), newRelease(messages), newAudit(messages), newAssess(messages), newExplain(messages), newScore(messages), newVerify(messages), newPool(messages), newProfiles(), newVersion())
	return root, messages
}

// newHelp is cobra's help command but for its exit status when there is no such command.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknown(strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

func unknown(command string) error {
	return exit.Errorf(exit.Usage, "command %q is not known; detect --help lists them", command)
}

// logFormat sets the form of messages as soon as the flag is read, so that errors of usage have it too.
type logFormat struct{ messages *report.Reporter }

func (f logFormat) Set(s string) error {
	if s != "text" && s != "json" {
		return errors.New("choose text or json")
	}
	f.messages.JSON = s == "json"
	return nil
}

func (f logFormat) String() string {
	if f.messages != nil && f.messages.JSON {
		return "json"
	}
	return "text"
}

func (logFormat) Type() string { return "string" }

// exactly refuses another number of arguments than names has.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return exit.Errorf(exit.Usage, "%s takes %d arguments, %v, and got %d; see %s --help", cmd.CommandPath(), len(names), names, len(args), cmd.CommandPath())
	}
}

// badFlag is an error of reading a flag, without the function that could not read it.
func badFlag(err error) error {
	text := err.Error()
	if n := (*strconv.NumError)(nil); errors.As(err, &n) {
		text = strings.Replace(text, n.Error(), n.Err.Error(), 1)
	}
	return errors.New(text)
}

// usage gives errors of options a code.
func usage(err error, flag string) error {
	if err == nil {
		return nil
	}
	return exit.With(exit.Usage, fmt.Errorf("--%s: %w", flag, err))
}
