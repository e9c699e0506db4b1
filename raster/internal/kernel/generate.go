package kernel

//go:generate sh -c "cd ../../../change/internal/kernel/_asm && go run . -for raster -out ../../../../raster/internal/kernel/vector_amd64.s -stubs ../../../../raster/internal/kernel/stubs_amd64.go -pkg kernel"
