package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"passdiff/cmd/detect/internal/output"
	"passdiff/raster/gdal"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of detect, GDAL and Go",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "detect %s (GDAL %s, %s, %s/%s)\n", version, gdal.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return output.Failed(output.Stdout, err)
		},
	}
}
