package main

import (
	"flag"
	"os"
	"sort"
	"strings"
)

type flipReport struct {
	Holds bool           `json:"holds"`
	Flips map[string]int `json:"flips"`
	// Accepted are the bits, counted from the first bit of each file, whose flip was accepted.
	Accepted map[string][]int `json:"accepted"`
	// Unnoticed are those of them that no key owner's missing signature gives away: there must be none.
	Unnoticed map[string][]int `json:"unnoticed"`
}

// runFlips flips every bit of every file below tile/, of the checkpoint and of the given tlog-proof in turn.
//
// A flip in the name or key id of the cosignature's line makes it a line of an unknown key, which signed notes tell a
// reader to ignore: it is listed as accepted, and as unnoticed only if all lines are still those of known keys.
func runFlips(arguments []string) (any, bool, error) {
	flags := flag.NewFlagSet("flips", flag.ContinueOnError)
	proofFile := flags.String("tlog-proof", "", "tlog-proof file of the tree's last entry")
	if err := flags.Parse(arguments); err != nil {
		return nil, false, err
	}
	tree, err := loadTree(flags.Arg(0))
	if err != nil {
		return nil, false, err
	}
	report := &flipReport{Flips: map[string]int{}, Accepted: map[string][]int{}, Unnoticed: map[string][]int{}}
	if _, unknown, err := judgeTree(tree); err != nil || unknown > 0 {
		return report, false, err
	}
	for _, name := range flippedFiles(tree) {
		report.flip(name, tree[name], func() (int, error) {
			_, unknown, err := judgeTree(tree)
			return unknown, err
		})
	}
	if *proofFile != "" {
		if err := report.flipProof(tree, *proofFile); err != nil {
			return nil, false, err
		}
	}
	report.Holds = len(report.Unnoticed) == 0
	return report, report.Holds, nil
}

func flippedFiles(tree publicTree) []string {
	var names []string
	for name := range tree {
		if name == "checkpoint" || strings.HasPrefix(name, "tile/") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

func (r *flipReport) flipProof(tree publicTree, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	check, _, err := judgeTree(tree)
	if err != nil {
		return err
	}
	entry := check.entries[len(check.entries)-1]
	r.flip("tlog-proof", raw, func() (int, error) {
		if err := checkTlogProof(raw, entry, check.log, check.others); err != nil {
			return 0, err
		}
		proof, err := parseTlogProof(raw)
		if err != nil {
			return 0, err
		}
		_, opened, err := openCheckpoint(proof.note, check.log, check.others)
		if err != nil {
			return 0, err
		}
		return len(opened.UnverifiedSigs), nil
	})
	return nil
}

// flip flips each bit of content, which judge looks at, and puts it back.
func (r *flipReport) flip(name string, content []byte, judge func() (unknown int, err error)) {
	r.Flips[name] = len(content) * 8
	for bit := 0; bit < len(content)*8; bit++ {
		content[bit/8] ^= 1 << (bit % 8)
		if unknown, err := judge(); err == nil {
			r.Accepted[name] = append(r.Accepted[name], bit)
			if unknown == 0 {
				r.Unnoticed[name] = append(r.Unnoticed[name], bit)
			}
		}
		content[bit/8] ^= 1 << (bit % 8)
	}
}

type refused string

func (r refused) Error() string { return string(r) }

// judgeTree checks checkpoint, tiles and entries; it gives the number of signature lines of unknown keys.
func judgeTree(tree publicTree) (*treeCheck, int, error) {
	log, others, err := verifiers(tree, nil)
	if err != nil {
		return nil, 0, err
	}
	check := &treeCheck{report: &treeReport{}, tree: tree, log: log, others: others}
	if !check.checkpointAndContent() {
		return nil, 0, refused(strings.Join(check.report.Problems, "; "))
	}
	return check, check.report.UnknownLines, nil
}
