// Package check decodes the manifest by Kubernetes' own types. It is a module of its own, so that detect does not depend on them.
package check

import (
	"os"
	"testing"

	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

// TestManifest: the manifest has no field that the API does not know, and says what a plan needs.
func TestManifest(t *testing.T) {
	data, err := os.ReadFile("../job.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var j batch.Job
	if err := yaml.UnmarshalStrict(data, &j); err != nil {
		t.Fatal(err)
	}
	s := j.Spec
	if j.APIVersion != "batch/v1" || j.Kind != "Job" || s.CompletionMode == nil || *s.CompletionMode != batch.IndexedCompletion {
		t.Error("it is no Indexed Job")
	}
	if s.Completions == nil || s.Parallelism == nil || *s.Completions < *s.Parallelism {
		t.Error("more tasks run at once than there are")
	}
	if s.PodFailurePolicy == nil || s.Template.Spec.RestartPolicy != "Never" {
		t.Error("rules for exit statuses need pods that are not restarted")
	}
	if c := s.Template.Spec.Containers; len(c) != 1 || c[0].Name != *s.PodFailurePolicy.Rules[0].OnExitCodes.ContainerName {
		t.Error("the rules are for another container")
	}
}
