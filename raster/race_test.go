//go:build race

package raster_test

func init() { slow = true }
