package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/report"
)

// newRoot builds the command tree and the reporter to which all of it writes messages.
func newRoot() (*cobra.Command, *report.Reporter) {
	messages := &report.Reporter{Out: os.Stderr, Terminal: term.IsTerminal(int(os.Stderr.Fd()))}
	var logFormat string
	root := &cobra.Command{
		Use:   "detect",
		Short: "Find what changed between two satellite or aerial passes",
		Long: `detect compares two co-registered passes over the same ground and writes what
appeared, disappeared or was altered as polygons. Each is a candidate until a
person accepts it: a change is not an identification.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			switch logFormat {
			case "text":
			case "json":
				messages.JSON = true
			default:
				return exit.Errorf(exit.Usage, "log format %q is not known; choose text or json", logFormat)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return exit.Errorf(exit.Usage, "command %q is not known; detect --help lists them", args[0])
			}
			return cmd.Help()
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().BoolVarP(&messages.Quiet, "quiet", "q", false, "no progress and no notes; warnings and errors stay")
	root.PersistentFlags().StringVar(&logFormat, "log-format", "text", "form of messages: text, or json for one object a line")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return exit.Errorf(exit.Usage, "%w; %s --help lists the options", err, cmd.CommandPath())
	})
	root.SetHelpTemplate("{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}\n\n{{end}}{{.UsageString}}\n" + exit.Table + "\n")
	root.AddCommand(newRun(messages), newVersion())
	return root, messages
}

// exactly refuses another number of arguments than names has.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return exit.Errorf(exit.Usage, "%s takes %d arguments, %v, and got %d; see %s --help", cmd.CommandPath(), len(names), names, len(args), cmd.CommandPath())
	}
}

// usage gives errors of options a code.
func usage(err error, flag string) error {
	if err == nil {
		return nil
	}
	return exit.With(exit.Usage, fmt.Errorf("--%s: %w", flag, err))
}
