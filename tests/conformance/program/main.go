// Command conformance reads what this project publishes with code that the project did not write: the hashes, tiles and
// proofs of golang.org/x/mod/sumdb/tlog and the signed notes of golang.org/x/mod/sumdb/note.
//
//	conformance tree [flags] FOLDER    check a public tree: checkpoint, every tile and entry bundle, proofs
//	conformance vectors FILE...        judge the cases of golden vector files
//	conformance flips FOLDER           flip every bit of a small tree in memory; name the flips that are accepted
//
// Each prints one JSON object. Exit code 0: everything holds; 1: something does not; 2: wrong usage.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	modes := map[string]func([]string) (any, bool, error){"tree": runTree, "vectors": runVectors, "flips": runFlips}
	if len(os.Args) < 3 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: conformance tree|vectors|flips ...")
		os.Exit(2)
	}
	report, holds, err := modes[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
	if !holds {
		os.Exit(1)
	}
}
