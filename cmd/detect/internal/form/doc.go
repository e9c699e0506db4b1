// Package form reads YAML files of a fixed form: a JSON Schema says what may stand in them, and what differs is named by line.
package form
