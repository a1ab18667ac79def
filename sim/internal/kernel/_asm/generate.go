// Package asm generates the assembly of the kernels. In this folder, run
//
//	go generate
//
// and commit what it writes. Packages machine and kernel there say what it is made of.
package asm

//go:generate go run ./xoshiro -out ../xoshiro/fill_amd64.s -stubs ../xoshiro/fill_amd64.go -pkg xoshiro
//go:generate go run ./kernel -out ../kernels_amd64.s -stubs ../kernels_amd64.go -pkg kernel
