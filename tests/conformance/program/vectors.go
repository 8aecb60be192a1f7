package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// vectorFile is a golden vector file; every case says what it is and whether it holds.
type vectorFile struct {
	Kind   string            `json:"kind"`
	Hashes []string          `json:"hashes"`
	Cases  []json.RawMessage `json:"cases"`
}

// verdicts are those of this program, and those of the library alone where it reads the format by itself.
type verdicts struct {
	Accepted []bool `json:"accepted"`
	Library  []bool `json:"library,omitempty"`
}

type judge func(file *vectorFile, raw json.RawMessage) error

var judges = map[string]judge{
	"inclusion": judgeInclusion, "consistency": judgeConsistency, "notes": judgeNote, "vkeys": judgeVkey,
	"checkpoints": judgeCheckpoint, "cosignatures": judgeCosignature, "tile-paths": judgeTilePath,
	"tile-widths": judgeTileWidths, "entries": judgeEntries, "tlog-proofs": judgeTlogProof,
}

var libraryJudges = map[string]judge{"notes": judgeNoteByLibrary, "vkeys": judgeVkeyByLibrary}

func runVectors(paths []string) (any, bool, error) {
	report := map[string]verdicts{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, false, err
		}
		var file vectorFile
		if err := json.Unmarshal(raw, &file); err != nil {
			return nil, false, fmt.Errorf("%s: %w", path, err)
		}
		if judges[file.Kind] == nil {
			return nil, false, fmt.Errorf("%s: nothing here judges %q", path, file.Kind)
		}
		report[file.Kind] = verdicts{file.judge(judges[file.Kind]), file.judge(libraryJudges[file.Kind])}
	}
	return report, true, nil
}

func (f *vectorFile) judge(how judge) []bool {
	if how == nil {
		return nil
	}
	accepted := make([]bool, len(f.Cases))
	for at, raw := range f.Cases {
		accepted[at] = how(f, raw) == nil
	}
	return accepted
}

// hashes are the hashes of a case, which names them by their place in the list of the file.
func (f *vectorFile) hashes(places ...int) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, place := range places {
		raw, err := strictBase64(f.Hashes[place])
		if err != nil || len(raw) != tlog.HashSize {
			return nil, errors.New("not a hash")
		}
		found = append(found, toHash(raw))
	}
	return found, nil
}

func judgeInclusion(file *vectorFile, raw json.RawMessage) error {
	var one struct {
		Index, Size int64
		Leaf, Root  int
		Proof       []int
	}
	must(json.Unmarshal(raw, &one))
	hashes, err := file.hashes(append([]int{one.Leaf, one.Root}, one.Proof...)...)
	if err != nil {
		return err
	}
	return checkRecord(hashes[2:], one.Size, hashes[1], one.Index, hashes[0])
}

func judgeConsistency(file *vectorFile, raw json.RawMessage) error {
	var one struct {
		Size1, Size2 int64
		Root1, Root2 int
		Proof        []int
	}
	must(json.Unmarshal(raw, &one))
	hashes, err := file.hashes(append([]int{one.Root1, one.Root2}, one.Proof...)...)
	if err != nil {
		return err
	}
	if one.Size1 == 0 && one.Size2 >= 0 {
		// tlog proves nothing about the empty tree; RFC 9162 leaves an empty proof and the one root it has.
		empty := tlog.Hash{}
		must(empty.UnmarshalJSON([]byte(`"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`)))
		if len(one.Proof) > 0 || hashes[0] != empty || one.Size2 == 0 && hashes[1] != empty {
			return errors.New("not the empty tree")
		}
		return nil
	}
	if one.Size2 > maxSize {
		return errors.New("the size is too large")
	}
	return tlog.CheckTree(hashes[2:], one.Size2, hashes[1], one.Size1, hashes[0])
}

// text is a member that is a JSON string, or base64 of bytes that no JSON string can hold.
type text struct {
	Text string `json:"text"`
	Raw  string `json:"raw"`
}

func (t text) bytes() []byte {
	if t.Raw == "" {
		return []byte(t.Text)
	}
	raw, err := base64.StdEncoding.DecodeString(t.Raw)
	must(err)
	return raw
}

type noteCase struct {
	text
	Keys []string
}

func (n noteCase) verifiers() []note.Verifier {
	var keys []note.Verifier
	for _, line := range n.Keys {
		key, err := openVerifier(line)
		must(err)
		keys = append(keys, key)
	}
	return keys
}

func judgeNote(_ *vectorFile, raw json.RawMessage) error {
	var one noteCase
	must(json.Unmarshal(raw, &one))
	_, err := openNote(one.bytes(), one.verifiers())
	return err
}

func judgeNoteByLibrary(_ *vectorFile, raw json.RawMessage) error {
	var one noteCase
	must(json.Unmarshal(raw, &one))
	_, err := note.Open(one.bytes(), note.VerifierList(one.verifiers()...))
	return err
}

func judgeVkey(_ *vectorFile, raw json.RawMessage) error {
	var one struct{ Vkey string }
	must(json.Unmarshal(raw, &one))
	_, err := openVerifier(one.Vkey)
	return err
}

func judgeVkeyByLibrary(_ *vectorFile, raw json.RawMessage) error {
	var one struct{ Vkey string }
	must(json.Unmarshal(raw, &one))
	_, err := note.NewVerifier(one.Vkey)
	return err
}

func judgeCheckpoint(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		text
		Origin, Root string
		Size         int64
	}
	must(json.Unmarshal(raw, &one))
	point, err := parseCheckpoint(string(one.bytes()))
	if err == nil && (point.origin != one.Origin || point.tree.N != one.Size || point.tree.Hash.String() != one.Root) {
		err = errors.New("read otherwise than written")
	}
	return err
}

func judgeCosignature(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		Text, Vkey, Line, Message string
		Time                      uint64
	}
	must(json.Unmarshal(raw, &one))
	key, err := openVerifier(one.Vkey)
	must(err)
	if _, err := openNote([]byte(one.Text+"\n"+one.Line), []note.Verifier{key}); err != nil {
		return err
	}
	if string(cosignedMessage([]byte(one.Text), one.Time)) != one.Message {
		return errors.New("another message")
	}
	return nil
}

func judgeTilePath(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		Path         string
		Level, Width int
		Number       int64
	}
	must(json.Unmarshal(raw, &one))
	tile, err := parsePublicPath(one.Path)
	if err == nil && (tile.L != one.Level || tile.N != one.Number || tile.W != one.Width) {
		err = errors.New("another tile")
	}
	return err
}

func judgeTileWidths(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		Size  int64
		Tiles [][3]int64
	}
	must(json.Unmarshal(raw, &one))
	told := map[tlog.Tile]bool{}
	for _, tile := range one.Tiles {
		told[tlog.Tile{H: tileHeight, L: int(tile[0]), N: tile[1], W: int(tile[2])}] = true
	}
	for _, tile := range tilesOf(one.Size) {
		// The file names the tiles at the right edge alone; the others are full.
		if !told[tile] && tile.W != 1<<tileHeight {
			return errors.New("a partial tile that is not told")
		}
		delete(told, tile)
	}
	if len(told) > 0 {
		return errors.New("a tile that is none")
	}
	return nil
}

func judgeEntries(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		Bundle  string
		Entries []string
	}
	must(json.Unmarshal(raw, &one))
	bundle, err := hex.DecodeString(one.Bundle)
	must(err)
	entries, err := splitEntries(bundle)
	if err != nil {
		return err
	}
	if len(entries) != len(one.Entries) || !bytes.Equal(joinEntries(entries), bundle) {
		return errors.New("other entries")
	}
	for at, entry := range entries {
		if hex.EncodeToString(entry) != one.Entries[at] {
			return errors.New("another entry")
		}
	}
	return nil
}

func judgeTlogProof(_ *vectorFile, raw json.RawMessage) error {
	var one struct {
		text
		Entry, Log string
	}
	must(json.Unmarshal(raw, &one))
	log, err := openVerifier(one.Log)
	must(err)
	entry, err := hex.DecodeString(one.Entry)
	must(err)
	return checkTlogProof(one.bytes(), entry, log, nil)
}

// must ends the program: a vector file that cannot be read is a fault of its writer.
func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance: vector:", err)
		os.Exit(2)
	}
}
