# The contract: everything a person or a machine does with this project is a target here. Bare `make` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
BIN := bin/detect
OUT ?= build

# Debian 12 packages: what building needs, and the independent tools that tests compare with.
BUILD_PACKAGES := gcc libc6-dev pkg-config libgdal-dev
TEST_PACKAGES := gdal-bin python3-gdal python3-numpy python3-scipy python3-shapely python3-pyproj python3-rasterio python3-geopandas python3-skimage age minisign openssh-client openssl
CLUSTER_PACKAGES := slurmctld slurmd slurm-client munge
PEER_PACKAGES := gdal-bin python3-gdal python3-rasterio python3-skimage python3-geopandas otb-bin

# Tools of known version; `go run` fetches them through the module proxy.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
ERRCHECK := github.com/kisielk/errcheck@v1.30.0
INEFFASSIGN := github.com/gordonklaus/ineffassign@v0.2.0

export CGO_ENABLED := 1

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

# install PACKAGES: those that are missing, as root or through sudo.
define install
	@missing=""; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
endef

.PHONY: deps
deps: ## install the packages that building needs
	$(call install,$(BUILD_PACKAGES))

.PHONY: test-deps
test-deps: deps ## install the packages that tests compare with
	$(call install,$(TEST_PACKAGES))

.PHONY: cluster-deps
cluster-deps: ## install Slurm, on which a test runs an array of shards when the script that starts it stands beside the checkout
	$(call install,$(CLUSTER_PACKAGES))

.PHONY: build
build: deps ## build bin/detect
	$(GO) build -trimpath -o $(BIN) ./cmd/detect

.PHONY: demo
demo: build ## find the changes of a pair in testdata/tiles and compare with what is known
	@mkdir -p $(OUT)
	./$(BIN) run testdata/tiles/farmland_before.tif testdata/tiles/farmland_after.tif $(OUT)/farmland.geojson \
	  --after-mask testdata/tiles/farmland_cloud.tif --mask-values 1 --mask-buffer 3 --mask-out $(OUT)/farmland_mask.tif --overwrite
	@./$(BIN) score $(OUT)/farmland_mask.tif testdata/tiles/farmland_truth.tif
	@echo "GeoJSON: $(CURDIR)/$(OUT)/farmland.geojson (QGIS shows it with the style beside it)"

PICTURES ?=
.PHONY: accuracy
accuracy: deps ## measure on the labelled pairs of PASSDIFF_DATA and write docs/accuracy.md; PICTURES=DIR draws them, too
	$(GO) run ./cmd/detect/internal/accuracy/tables $(if $(PICTURES),-pictures "$(PICTURES)")
	$(GO) run ./cmd/detect/internal/accuracy/studies

# The same draws of the property tests on every machine, so that a red run says something about the change; `make long` draws anew.
.PHONY: test
test: export RAPID_SEED ?= 20240229
test: export RAPID_CHECKS ?= 300
test: test-deps ## run the tests, of the nested modules too
	$(GO) test -timeout 40m ./...
	CGO_ENABLED=0 $(GO) test ./raster ./change/... ./geo
	CGO_ENABLED=0 $(GO) test -tags purego ./change/internal/kernel ./raster/internal/kernel
	cd third_party/godal && $(GO) test ./...

.PHONY: race
race: export RAPID_SEED ?= 20240229
race: deps ## run the tests under the race detector
	$(GO) test -race -short -timeout 60m ./...
	cd third_party/godal && $(GO) test -race ./...

.PHONY: lint
lint: deps godal-api assembly-same ## gofmt, vet and the linters, in the nested modules too
	@bad=$$(git ls-files '*.go' | xargs gofmt -l); [ -z "$$bad" ] || { echo "not formatted: $$bad"; exit 1; }
	for d in . third_party/godal; do (cd $$d && $(GO) vet ./... && $(GO) run $(STATICCHECK) ./... && $(GO) run $(INEFFASSIGN) ./... && \
	  $(GO) run $(ERRCHECK) -ignoretests -exclude $(CURDIR)/.errcheck ./...); done
	$(GO) mod tidy -diff
	cd docs/scale/check && $(GO) vet ./... && $(GO) test ./...

# The generator is a module of its own, so that nobody who builds detect needs it.
.PHONY: assembly
assembly: ## write the assembly of both packages of kernels again
	$(GO) generate ./change/internal/kernel ./raster/internal/kernel

# The first line, which says where the generator wrote to, differs.
.PHONY: assembly-same
assembly-same: ## check that the assembly is what its generator writes
	@dir=$$(mktemp -d); trap 'rm -rf "$$dir"' EXIT; cd change/internal/kernel/_asm && $(GO) vet . && for p in change raster; do \
	  $(GO) run . -for $$p -out "$$dir/vector_amd64.s" -stubs "$$dir/stubs_amd64.go" -pkg kernel; \
	  for f in vector_amd64.s stubs_amd64.go; do cmp <(tail -n +2 "$$dir/$$f") <(tail -n +2 $(CURDIR)/$$p/internal/kernel/$$f); done; done

.PHONY: godal-api
godal-api: deps ## check that third_party/godal exports what is used and nothing else
	cd third_party/godal && $(GO) run ./internal/apicheck ../..

FUZZTIME ?= 20s
.PHONY: fuzz
fuzz: deps ## run every fuzz target for FUZZTIME
	@for f in $$(git ls-files '*_test.go' | xargs grep -lE '^func Fuzz'); do d=$$(dirname $$f); \
	  for t in $$(grep -oE '^func Fuzz[A-Za-z0-9_]*' $$f | cut -d' ' -f2); do \
	    echo "$$d $$t"; (cd $$d && $(GO) test -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x .); done; done

.PHONY: long
long: export RAPID_CHECKS ?= 100000
long: test-deps ## the reliability tests at full length (an hour)
	PASSDIFF_LONG=1 $(GO) test -timeout 3h -v -run 'Long|Oracle|SameBytes|Memory|Place|Simplify|Trace|Threshold|Detect|Regions|Area|Quantile|Batch|NoLeaks' ./...

.PHONY: bench
bench: deps ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

# Pairs for benchmarks are synthetic and made once; SIZE is 10240 or WIDTHxHEIGHT. Each comparison runs everything in turn, RUNS times.
BENCH_DIR ?= $(OUT)/bench
SIZE ?= 10240
CHANGED ?= 0.002
RUNS ?= 5
SIZES ?=
DENSITIES ?=
makepair = $(GO) run ./cmd/detect/internal/bench/makepair -dir $(BENCH_DIR)

.PHONY: bench-pair
bench-pair: VARIANTS ?= none deflate zstd strip
bench-pair: deps ## make a large synthetic pair; SIZE=10240x40960, CHANGED=0.3 and VARIANTS="deflate strip" say which
	$(makepair) -size $(SIZE) -changed $(CHANGED) $(VARIANTS)

.PHONY: peer-deps
peer-deps: deps ## install the tools that bench-peers times
	$(call install,$(PEER_PACKAGES))

.PHONY: bench-peers
bench-peers: VARIANTS ?= deflate zstd none
bench-peers: build peer-deps ## time GDAL's tools, scikit-image and Orfeo ToolBox beside detect; RUNS=5 rounds
	$(makepair) -size $(SIZE) -changed $(CHANGED) $(VARIANTS)
	$(GO) run ./cmd/detect/internal/bench/peers -dir $(BENCH_DIR) -size $(SIZE) -changed $(CHANGED) -runs $(RUNS) -detect $(BIN) $(VARIANTS)

.PHONY: bench-limit
bench-limit: VARIANTS ?= deflate zstd none
bench-limit: build ## time detect beside merely decoding; SIZES="4096 20480" and DENSITIES=0.3 show how time grows
	$(makepair) -size $(SIZE) -changed $(CHANGED) $(VARIANTS)
	for s in $(SIZES); do $(makepair) -size $$s -changed $(CHANGED) $(firstword $(VARIANTS)); done
	for d in $(DENSITIES); do $(makepair) -size $(SIZE) -changed $$d $(firstword $(VARIANTS)); done
	gcc -O2 -Wall -Wextra -pthread -o $(BENCH_DIR)/decode cmd/detect/testdata/peers/decode.c $$(pkg-config --cflags --libs gdal)
	$(GO) run ./cmd/detect/internal/bench/limit -dir $(BENCH_DIR) -size $(SIZE) -changed $(CHANGED) -runs $(RUNS) -sizes "$(SIZES)" -densities "$(DENSITIES)" \
	  -detect $(BIN) -decode $(BENCH_DIR)/decode $(VARIANTS)

.PHONY: tiles
tiles: deps ## make testdata/tiles again from its seeds
	$(GO) run ./cmd/detect/internal/tilegen/maketiles testdata/tiles

.PHONY: clean
clean: ## remove what was built
	rm -rf bin $(OUT)

.PHONY: picture
picture: build ## draw the pictures of docs again
	@mkdir -p $(OUT) docs/figures
	$(GO) run ./cmd/detect/internal/tilegen/picture $(BIN) testdata/tiles $(OUT) docs
