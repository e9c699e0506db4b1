package track

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// optionText is how options stand in a store.
func optionText(options map[string]string) (string, error) {
	if options == nil {
		return "{}", nil
	}
	data, err := json.Marshal(options) // sorts them
	return string(data), err
}

func (s *session) options(text string) (options map[string]string, err error) {
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		return nil, s.damaged(fmt.Errorf("options cannot be read: %w", err))
	}
	return options, nil
}

// differences says which options differ, as those of one compared with another.
func differences(one, other map[string]string) string {
	all := maps.Clone(one)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, other)
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		said := func(options map[string]string) string {
			if v := options[name]; v != "" {
				return v
			}
			return "none"
		}
		if a, b := said(one), said(other); a != b {
			texts = append(texts, fmt.Sprintf("%s %s, there %s", name, a, b))
		}
	}
	return strings.Join(texts, "; ")
}

// mixed warns of passes in fresh, names by key, that were made with other options than the most passes that were in the store before, or than the most of
// all when there were none.
func (s *session) mixed(ctx context.Context, fresh map[string]string) (warnings []string, err error) {
	rows, err := s.QueryContext(ctx, `SELECT pass_key, options FROM passes`)
	if err != nil {
		return nil, s.reason(err)
	}
	defer rows.Close()
	of, count := map[string]string{}, map[string]int{}
	for rows.Next() {
		var key, options string
		if err := rows.Scan(&key, &options); err != nil {
			return nil, s.read(err)
		}
		of[key] = options
	}
	if err := rows.Err(); err != nil {
		return nil, s.reason(err)
	}
	for key, options := range of {
		if fresh[key] == "" || len(fresh) == len(of) {
			count[options]++
		}
	}
	most := ""
	for _, options := range slices.Sorted(maps.Keys(count)) {
		if count[options] > count[most] {
			most = options
		}
	}
	for key, name := range fresh {
		if of[key] == most {
			continue
		}
		one, err := s.options(of[key])
		if err != nil {
			return nil, err
		}
		other, err := s.options(most)
		if err != nil {
			return nil, err
		}
		warnings = append(warnings, fmt.Sprintf("%s: was made with other options than the most passes of the store (here %s): what only these or those find looks gone, or new; feed outputs of the same options",
			name, differences(one, other)))
	}
	slices.Sort(warnings)
	return warnings, nil
}
