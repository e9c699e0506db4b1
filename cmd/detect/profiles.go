package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/exit"
	"passdiff/cmd/detect/internal/output"
)

// profile is a named bundle of options of detect run.
type profile struct {
	name, about string
	options     []setting
}

// setting is an option without its dashes and its value.
type setting struct{ flag, value string }

// profiles are all of them. None is the default: each suits one question. What each gains, and on what, is measured (docs/profiles.md).
var profiles = []profile{
	{
		"buildings", "buildings that were built or torn down, in imagery finer than 1 m; needs a georeference for its m²",
		[]setting{{"method", "auto"}, {"kind", "vhr"}, {"hysteresis", "1.6"}, {"mmu", "80m2"}},
	},
}

// profileNames lists the profiles.
func profileNames() []string {
	var names []string
	for _, p := range profiles {
		names = append(names, p.name)
	}
	return names
}

// applyProfile sets the options of the profile of that name that were not given; "" is none.
func applyProfile(cmd *cobra.Command, name string) error {
	if name == "" {
		return nil
	}
	for _, p := range profiles {
		if p.name != name {
			continue
		}
		for _, s := range p.options {
			if cmd.Flags().Changed(s.flag) {
				continue
			}
			if err := cmd.Flags().Set(s.flag, s.value); err != nil {
				return fmt.Errorf("profile %s: %w", name, err)
			}
		}
		return nil
	}
	return exit.Errorf(exit.Usage, "--profile: %q is not known; choose one of %s (detect profiles tells what they do)", name, strings.Join(profileNames(), ", "))
}

// text is a profile for people: its options as they would be given, and what it is for.
func (p profile) text() string {
	var options []string
	for _, s := range p.options {
		options = append(options, "--"+s.flag+" "+s.value)
	}
	return fmt.Sprintf("%-12s%s\n%-12s%s\n", p.name, p.about, "", strings.Join(options, " "))
}

func newProfiles() *cobra.Command {
	return &cobra.Command{
		Use:   "profiles",
		Short: "List the profiles of detect run",
		Long: `profiles lists the named bundles of options that detect run --profile NAME takes:
what each is for, and its options. Options that are given win over those of the
profile. Without --profile none is used.`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, p := range profiles {
				if _, err := fmt.Fprint(cmd.OutOrStdout(), p.text()); err != nil {
					return output.Failed(output.Stdout, err)
				}
			}
			return nil
		},
	}
}
