package kernel

//go:generate sh -c "cd _asm && go run . -for change -out ../vector_amd64.s -stubs ../stubs_amd64.go -pkg kernel"
