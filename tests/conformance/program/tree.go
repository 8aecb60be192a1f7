package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// publicTree is a whole public tree in memory, by path.
type publicTree map[string][]byte

type treeReport struct {
	Holds        bool     `json:"holds"`
	Problems     []string `json:"problems"`
	Origin       string   `json:"origin"`
	Size         int64    `json:"size"`
	Root         string   `json:"root"`
	Signatures   int      `json:"signatures"`
	UnknownLines int      `json:"unknown_lines"`
	Tiles        int      `json:"tiles"`
	Bundles      int      `json:"bundles"`
	Records      int      `json:"records_proven"`
	Trees        int      `json:"trees_proven"`
	Earlier      int      `json:"earlier_checkpoints"`
	Proofs       int      `json:"proofs"`
	StatusShards int      `json:"status_shards"`
}

func (r *treeReport) refuse(format string, values ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, values...))
}

type repeated []string

func (r *repeated) String() string { return strings.Join(*r, " ") }
func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

func runTree(arguments []string) (any, bool, error) {
	flags := flag.NewFlagSet("tree", flag.ContinueOnError)
	var witnesses, proofs repeated
	flags.Var(&witnesses, "witness", "vkey of a witness (repeatable)")
	flags.Var(&proofs, "tlog-proof", "tlog-proof file of an entry of this tree (repeatable)")
	proofList := flags.String("proofs", "", "JSON list of inclusion and consistency proofs of this tree")
	earlier := flags.String("earlier", "", "folder of checkpoints that this log published before")
	status := flags.Bool("status", false, "the last entry is a seal: check the status array too")
	if err := flags.Parse(arguments); err != nil {
		return nil, false, err
	}
	tree, err := loadTree(flags.Arg(0))
	if err != nil {
		return nil, false, err
	}
	report := &treeReport{Problems: []string{}}
	log, others, err := verifiers(tree, witnesses)
	if err != nil {
		return nil, false, err
	}
	check := &treeCheck{report: report, tree: tree, log: log, others: others}
	if check.checkpointAndContent() {
		check.proveFromTiles()
		check.givenProofs(*proofList, proofs)
		check.earlierCheckpoints(*earlier)
		if *status {
			check.statusArray()
		}
	}
	report.Holds = len(report.Problems) == 0
	return report, report.Holds, nil
}

func loadTree(folder string) (publicTree, error) {
	tree := publicTree{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		tree[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return tree, err
}

// verifiers gives the log's key, and those of its cosigner and the witnesses.
func verifiers(tree publicTree, witnesses []string) (note.Verifier, []note.Verifier, error) {
	line := strings.TrimSuffix(string(tree["vkey"]), "\n")
	log, err := openVerifier(line)
	if err != nil {
		return nil, nil, err
	}
	material, err := strictBase64(strings.SplitN(line, "+", 3)[2])
	if err != nil || material[0] != typeEd25519 {
		return nil, nil, errors.New("not the key of a log")
	}
	others := []note.Verifier{newCosigner(log.Name(), material[1:])}
	for _, witness := range witnesses {
		key, err := openVerifier(witness)
		if err != nil {
			return nil, nil, err
		}
		others = append(others, key)
	}
	return log, others, nil
}

// treeCheck is one walk through a public tree; what it finds stands in its report.
type treeCheck struct {
	report *treeReport
	tree   publicTree
	log    note.Verifier
	others []note.Verifier
	point  checkpoint
	// entries are all entries of the tree, stored the hashes that tlog computed from them alone.
	entries [][]byte
	stored  []tlog.Hash
}

func (c *treeCheck) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(c.stored)) {
			return nil, errors.New("a hash that is not computed yet")
		}
		hashes[at] = c.stored[index]
	}
	return hashes, nil
}

// checkpointAndContent opens the checkpoint, recomputes the whole tree from the entries and compares every file.
func (c *treeCheck) checkpointAndContent() bool {
	point, opened, err := openCheckpoint(c.tree["checkpoint"], c.log, c.others)
	if err != nil {
		c.report.refuse("checkpoint: %v", err)
		return false
	}
	c.point = point
	c.report.Origin, c.report.Size, c.report.Root = point.origin, point.tree.N, point.tree.Hash.String()
	c.report.Signatures, c.report.UnknownLines = len(opened.Sigs), len(opened.UnverifiedSigs)
	if err := c.readEntries(); err != nil {
		c.report.refuse("entries: %v", err)
		return false
	}
	if point.tree.N > 0 {
		root, err := tlog.TreeHash(point.tree.N, c)
		if err != nil || root != point.tree.Hash {
			c.report.refuse("the entries do not hash to the root of the checkpoint")
			return false
		}
	}
	c.compareFiles()
	return len(c.report.Problems) == 0
}

func (c *treeCheck) readEntries() error {
	for n := int64(0); n*256 < c.point.tree.N; n++ {
		width := c.point.tree.N - n*256
		if width > 256 {
			width = 256
		}
		entries, err := splitEntries(c.tree[entriesPath(n, int(width))])
		if err != nil {
			return err
		}
		if int64(len(entries)) != width {
			return fmt.Errorf("bundle %d has %d entries, not %d", n, len(entries), width)
		}
		for _, entry := range entries {
			hashes, err := tlog.StoredHashes(int64(len(c.entries)), entry, c)
			if err != nil {
				return err
			}
			c.entries, c.stored = append(c.entries, entry), append(c.stored, hashes...)
		}
	}
	return nil
}

// compareFiles asks for every tile of the tree and compares every file below tile/ with what tlog computes.
func (c *treeCheck) compareFiles() {
	for _, tile := range tilesOf(c.point.tree.N) {
		if _, ok := c.tree[publicPath(tile)]; !ok {
			c.report.refuse("%s is missing", publicPath(tile))
		}
	}
	for path, content := range c.tree {
		if !strings.HasPrefix(path, "tile/") {
			continue
		}
		tile, err := parsePublicPath(path)
		if err != nil {
			c.report.refuse("%s is no path of a tile", path)
			continue
		}
		if tile.L < 0 {
			c.report.Bundles++
			c.compareBundle(path, tile, content)
			continue
		}
		c.report.Tiles++
		expected, err := tlog.ReadTileData(tile, c)
		if err != nil || !bytes.Equal(expected, content) {
			c.report.refuse("%s differs from the hashes of the entries", path)
		}
	}
}

func (c *treeCheck) compareBundle(path string, tile tlog.Tile, content []byte) {
	first, last := tile.N*256, tile.N*256+int64(tile.W)
	if last > int64(len(c.entries)) {
		c.report.refuse("%s lies beyond the checkpoint", path)
		return
	}
	if !bytes.Equal(joinEntries(c.entries[first:last]), content) {
		c.report.refuse("%s differs from the entries of the checkpoint", path)
	}
}

// proveFromTiles lets tlog make proofs out of the tile files and check them.
func (c *treeCheck) proveFromTiles() {
	reader := tlog.TileHashReader(c.point.tree, tileFiles{c.tree})
	for _, index := range sample(0, c.point.tree.N-1) {
		proof, err := tlog.ProveRecord(c.point.tree.N, index, reader)
		if err == nil {
			err = checkRecord(proof, c.point.tree.N, c.point.tree.Hash, index, tlog.RecordHash(c.entries[index]))
		}
		if err != nil {
			c.report.refuse("record %d: %v", index, err)
		}
		c.report.Records++
	}
	for _, size := range sample(1, c.point.tree.N) {
		proof, err := tlog.ProveTree(c.point.tree.N, size, reader)
		if err == nil {
			err = tlog.CheckTree(proof, c.point.tree.N, c.point.tree.Hash, size, c.rootAt(size))
		}
		if err != nil {
			c.report.refuse("prefix of %d: %v", size, err)
		}
		c.report.Trees++
	}
}

func (c *treeCheck) rootAt(size int64) tlog.Hash {
	root, err := tlog.TreeHash(size, c)
	if err != nil {
		c.report.refuse("root at %d: %v", size, err)
	}
	return root
}

type givenProof struct {
	Index   *int64   `json:"index"`
	OldSize int64    `json:"old_size"`
	Size    int64    `json:"size"`
	Proof   []string `json:"proof"`
}

// givenProofs checks proofs that others made of this tree, at any size of its past.
func (c *treeCheck) givenProofs(list string, files []string) {
	for _, file := range files {
		raw, err := os.ReadFile(file)
		var proof tlogProof
		if err == nil {
			proof, err = parseTlogProof(raw)
		}
		if err == nil && proof.index < c.point.tree.N {
			err = checkTlogProof(raw, c.entries[proof.index], c.log, c.others)
		}
		if err != nil {
			c.report.refuse("%s: %v", file, err)
		}
		c.report.Proofs++
	}
	if list == "" {
		return
	}
	raw, err := os.ReadFile(list)
	var given []givenProof
	if err == nil {
		err = json.Unmarshal(raw, &given)
	}
	if err != nil {
		c.report.refuse("%s: %v", list, err)
	}
	for _, one := range given {
		if err := c.checkGiven(one); err != nil {
			c.report.refuse("given proof %+v: %v", one, err)
		}
		c.report.Proofs++
	}
}

func (c *treeCheck) checkGiven(one givenProof) error {
	var path []tlog.Hash
	for _, digits := range one.Proof {
		hash, err := strictBase64(digits)
		if err != nil || len(hash) != tlog.HashSize {
			return errors.New("not a hash")
		}
		path = append(path, toHash(hash))
	}
	if one.Size < 1 || one.Size > c.point.tree.N {
		return errors.New("a size that the tree never had")
	}
	if one.Index != nil {
		return checkRecord(path, one.Size, c.rootAt(one.Size), *one.Index, tlog.RecordHash(c.entries[*one.Index]))
	}
	return tlog.CheckTree(path, one.Size, c.rootAt(one.Size), one.OldSize, c.rootAt(one.OldSize))
}

// earlierCheckpoints checks that each one is the root of a prefix, and that its own tiles still prove it.
func (c *treeCheck) earlierCheckpoints(folder string) {
	if folder == "" {
		return
	}
	notes, err := loadTree(folder)
	if err != nil {
		c.report.refuse("%s: %v", folder, err)
	}
	for name, raw := range notes {
		point, _, err := openCheckpoint(raw, c.log, c.others)
		if err != nil {
			c.report.refuse("%s: %v", name, err)
			continue
		}
		if point.tree.N > c.point.tree.N || point.tree.N > 0 && point.tree.Hash != c.rootAt(point.tree.N) {
			c.report.refuse("%s is no prefix of the tree", name)
			continue
		}
		reader := tlog.TileHashReader(point.tree, tileFiles{c.tree})
		for _, index := range sample(0, point.tree.N-1) {
			if _, err := tlog.ProveRecord(point.tree.N, index, reader); err != nil {
				c.report.refuse("%s: record %d: %v", name, index, err)
			}
		}
		c.report.Earlier++
	}
}

// statusArray reads the seal, the last entry, and hashes the shards that it stands for up to its root.
func (c *treeCheck) statusArray() {
	seal, err := parseSeal(c.entries[len(c.entries)-1])
	if err != nil || seal.index != c.point.tree.N-1 {
		c.report.refuse("the last entry is not a seal of its own place")
		return
	}
	roots := c.tree[fmt.Sprintf("status/%d/roots", seal.index)]
	if int64(len(roots)) != seal.slots/(1<<17)*tlog.HashSize {
		c.report.refuse("the list of shard roots has the wrong length")
		return
	}
	var shards []tlog.Hash
	for at := 0; at < len(roots); at += tlog.HashSize {
		shards = append(shards, toHash(roots[at:]))
	}
	if perfectRoot(shards) != seal.root {
		c.report.refuse("the shard roots do not lead to the root of the seal")
	}
	for _, root := range shards {
		shard := c.tree[fmt.Sprintf("status/shard/%x", root[:])]
		var chunks []tlog.Hash
		for at := 0; at+256 <= len(shard); at += 256 {
			chunks = append(chunks, tlog.RecordHash(shard[at:at+256]))
		}
		if len(shard) != 1<<16 || perfectRoot(chunks) != root {
			c.report.refuse("shard %x does not have its root", root[:])
		}
		c.report.StatusShards++
	}
}

type sealLeaf struct {
	index, slots int64
	root         tlog.Hash
}

// parseSeal reads CBOR [1, 101, index, slots, root].
func parseSeal(entry []byte) (seal sealLeaf, err error) {
	head := []byte{0x85, 0x01, 0x18, 101}
	if !bytes.HasPrefix(entry, head) {
		return seal, errors.New("not a seal")
	}
	rest := entry[len(head):]
	if seal.index, rest, err = cborUint(rest); err != nil {
		return seal, err
	}
	if seal.slots, rest, err = cborUint(rest); err != nil {
		return seal, err
	}
	if len(rest) != 2+tlog.HashSize || rest[0] != 0x58 || rest[1] != tlog.HashSize {
		return seal, errors.New("not a seal")
	}
	seal.root = toHash(rest[2:])
	return seal, nil
}

func cborUint(raw []byte) (int64, []byte, error) {
	if len(raw) == 0 {
		return 0, nil, errors.New("cut off")
	}
	if raw[0] < 24 {
		return int64(raw[0]), raw[1:], nil
	}
	width := map[byte]int{24: 1, 25: 2, 26: 4, 27: 8}[raw[0]]
	if width == 0 || len(raw) < 1+width {
		return 0, nil, errors.New("not an unsigned integer")
	}
	var padded [8]byte
	copy(padded[8-width:], raw[1:1+width])
	return int64(binary.BigEndian.Uint64(padded[:])), raw[1+width:], nil
}

func perfectRoot(row []tlog.Hash) tlog.Hash {
	for len(row) > 1 {
		var above []tlog.Hash
		for at := 0; at+1 < len(row); at += 2 {
			above = append(above, tlog.NodeHash(row[at], row[at+1]))
		}
		row = above
	}
	if len(row) == 0 {
		return tlog.Hash{}
	}
	return row[0]
}

// sample gives all numbers of a small range; of a larger one its ends, the neighbours of powers of two, and a stride.
func sample(low, high int64) []int64 {
	wanted := map[int64]bool{}
	if high-low < 520 {
		for n := low; n <= high; n++ {
			wanted[n] = true
		}
	} else {
		for _, n := range []int64{low, low + 1, high - 1, high} {
			wanted[n] = true
		}
		for power := int64(1); power <= high; power *= 2 {
			for n := power - 1; n <= power+1; n++ {
				wanted[n] = n >= low && n <= high
			}
		}
		for n := low; n <= high; n += (high - low) / 97 {
			wanted[n] = true
		}
	}
	var numbers []int64
	for n, in := range wanted {
		if in {
			numbers = append(numbers, n)
		}
	}
	sort.Slice(numbers, func(a, b int) bool { return numbers[a] < numbers[b] })
	return numbers
}
