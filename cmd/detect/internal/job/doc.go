// Package job does one pair from files to files: it joins raster, change and geo and knows nothing of flags.
//
//	Open ×2 → Align → Fit → Detect → Trace → Place → Writer → Commit
package job
