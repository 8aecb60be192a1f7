package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	typeEd25519   = 0x01
	typeCosigner  = 0x04
	maxNoteBytes  = 1 << 18
	maxSignatures = 64
)

// cosigner verifies cosignature/v1 lines; sumdb/note has no such verifier of its own.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }
func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize || signature[0]&0x80 != 0 {
		return false
	}
	return ed25519.Verify(c.key, cosignedMessage(text, binary.BigEndian.Uint64(signature)), signature[8:])
}

func cosignedMessage(text []byte, time uint64) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatUint(time, 10)+"\n"), text...)
}

func newCosigner(name string, key []byte) *cosigner {
	sum := sha256.Sum256(append([]byte(name+"\n\x04"), key...))
	return &cosigner{name, binary.BigEndian.Uint32(sum[:4]), key}
}

// openVerifier reads a vkey line of type 0x01 with sumdb/note, one of type 0x04 by hand, both in their one spelling.
func openVerifier(line string) (note.Verifier, error) {
	parts := strings.SplitN(line, "+", 3)
	if len(parts) != 3 || strings.ToLower(parts[1]) != parts[1] {
		return nil, errors.New("not a verifier key")
	}
	material, err := strictBase64(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize {
		return nil, errors.New("not an Ed25519 verifier key")
	}
	if material[0] == typeEd25519 {
		return note.NewVerifier(line)
	}
	// The name is held to the rules of sumdb/note by spelling the same key as one of its own.
	if _, err := note.NewEd25519VerifierKey(parts[0], material[1:]); err != nil {
		return nil, err
	}
	plain, _ := note.NewEd25519VerifierKey(parts[0], material[1:])
	if _, err := note.NewVerifier(plain); err != nil || material[0] != typeCosigner {
		return nil, errors.New("not a verifier key of a cosigner")
	}
	key := newCosigner(parts[0], material[1:])
	if parts[1] != fmt.Sprintf("%08x", key.hash) {
		return nil, errors.New("wrong hash of the verifier key")
	}
	return key, nil
}

// openNote opens a note with sumdb/note and holds it to what that library leaves open: base64 in its one spelling, at
// most 64 signatures, and every line of a known key verified, not the first alone.
func openNote(raw []byte, keys []note.Verifier) (*note.Note, error) {
	if len(raw) > maxNoteBytes {
		return nil, errors.New("the note is too large")
	}
	opened, err := note.Open(raw, note.VerifierList(keys...))
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(raw[len(opened.Text)+1:]), "\n"), "\n")
	if len(lines) > maxSignatures {
		return nil, errors.New("too many signatures")
	}
	for _, line := range lines {
		name, digits, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
		signature, err := strictBase64(digits)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			known := key.Name() == name && key.KeyHash() == binary.BigEndian.Uint32(signature)
			if known && !key.Verify([]byte(opened.Text), signature[4:]) {
				return nil, errors.New("a repeated signature does not verify")
			}
		}
	}
	return opened, nil
}

// signedBy reports whether the key is among those that signed an opened note.
func signedBy(opened *note.Note, key note.Verifier) bool {
	for _, signature := range opened.Sigs {
		if signature.Name == key.Name() && signature.Hash == key.KeyHash() {
			return true
		}
	}
	return false
}

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func parseCheckpoint(text string) (checkpoint, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 3 || !strings.HasSuffix(text, "\n") {
		return checkpoint{}, errors.New("a checkpoint has three lines")
	}
	for _, line := range lines {
		if line == "" {
			return checkpoint{}, errors.New("an empty line in a checkpoint")
		}
	}
	size, err := parseDecimal(lines[1])
	if err != nil {
		return checkpoint{}, err
	}
	root, err := strictBase64(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return checkpoint{}, errors.New("not a root hash")
	}
	return checkpoint{lines[0], tlog.Tree{N: size, Hash: toHash(root)}}, nil
}

// openCheckpoint opens a checkpoint of the log whose verifier key is given; other keys only add cosignatures.
func openCheckpoint(raw []byte, log note.Verifier, others []note.Verifier) (checkpoint, *note.Note, error) {
	opened, err := openNote(raw, append([]note.Verifier{log}, others...))
	if err != nil {
		return checkpoint{}, nil, err
	}
	if !signedBy(opened, log) {
		return checkpoint{}, nil, errors.New("the log has not signed")
	}
	point, err := parseCheckpoint(opened.Text)
	if err != nil {
		return checkpoint{}, nil, err
	}
	if point.origin != log.Name() {
		return checkpoint{}, nil, errors.New("a checkpoint of another origin")
	}
	return point, opened, nil
}

// tlogProof is a parsed c2sp.org/tlog-proof@v1.
type tlogProof struct {
	index int64
	path  tlog.RecordProof
	note  []byte
}

func parseTlogProof(raw []byte) (tlogProof, error) {
	head, checkpointNote, found := bytes.Cut(raw, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" {
		return tlogProof{}, errors.New("not a tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		extra, err := strictBase64(strings.TrimPrefix(lines[0], "extra "))
		if err != nil || len(extra) == 0 {
			return tlogProof{}, errors.New("extra data are no base64")
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return tlogProof{}, errors.New("no index")
	}
	index, err := parseDecimal(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return tlogProof{}, err
	}
	proof := tlogProof{index: index, note: checkpointNote}
	for _, line := range lines[1:] {
		hash, err := strictBase64(line)
		if err != nil || len(hash) != tlog.HashSize {
			return tlogProof{}, errors.New("not a hash")
		}
		proof.path = append(proof.path, toHash(hash))
	}
	return proof, nil
}

// checkTlogProof holds a tlog-proof of an entry against the key of its log.
func checkTlogProof(raw, entry []byte, log note.Verifier, others []note.Verifier) error {
	proof, err := parseTlogProof(raw)
	if err != nil {
		return err
	}
	point, _, err := openCheckpoint(proof.note, log, others)
	if err != nil {
		return err
	}
	return checkRecord(proof.path, point.tree.N, point.tree.Hash, proof.index, tlog.RecordHash(entry))
}

// maxSize is the largest size for which tlog finds the largest power of two below: above, it never ends.
const maxSize = 1 << 62

// checkRecord is tlog.CheckRecord as a total function.
func checkRecord(path tlog.RecordProof, size int64, root tlog.Hash, index int64, leaf tlog.Hash) error {
	if index < 0 || index >= size || size > maxSize {
		return errors.New("the index lies outside the tree")
	}
	return tlog.CheckRecord(path, size, root, index, leaf)
}

func parseDecimal(digits string) (int64, error) {
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != digits {
		return 0, errors.New("not a plain decimal number")
	}
	return number, nil
}

func strictBase64(digits string) ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(digits)
	if err != nil {
		return nil, err
	}
	if base64.StdEncoding.EncodeToString(raw) != digits {
		return nil, errors.New("not the one spelling of base64")
	}
	return raw, nil
}

func toHash(raw []byte) (hash tlog.Hash) {
	copy(hash[:], raw)
	return hash
}
