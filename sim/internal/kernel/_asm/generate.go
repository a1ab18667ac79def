// Package asm generates the assembly of the kernels. In this folder, run
//
//	go generate
//
// and commit what it writes. Package machine has the instructions, formula what several
// generators share, and the commands the kernels.
package asm

//go:generate go run ./xoshiro -out ../xoshiro/fill_amd64.s -stubs ../xoshiro/fill_amd64.go -pkg xoshiro
//go:generate go run ./kernel -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg kernel
//go:generate go run ./law -out ../laws_amd64.s -stubs ../laws_amd64.go -pkg kernel
//go:generate go run ./activation -out ../activations_amd64.s -stubs ../activations_amd64.go -pkg kernel
//go:generate go run ./panel -out ../panel_amd64.s -stubs ../panel_amd64.go -pkg kernel
