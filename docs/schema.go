// Package docs is the pages about passdiff, of which the schemas are part of the command, too.
package docs

import _ "embed"

// JobsSchema is the JSON Schema of the file of jobs that detect batch reads, in JSON.
//
//go:embed jobs.schema.json
var JobsSchema []byte

// PolicySchema is the JSON Schema of the policy of a release, in JSON.
//
//go:embed policy.schema.json
var PolicySchema []byte
