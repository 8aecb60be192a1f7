package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// publicPath is the path of C2SP tlog-tiles: that of tlog without its height, with `entries` for `data`.
func publicPath(tile tlog.Tile) string {
	path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return strings.Replace(path, "tile/data/", "tile/entries/", 1)
}

func parsePublicPath(path string) (tlog.Tile, error) {
	if strings.HasPrefix(path, "tile/data/") {
		return tlog.Tile{}, errors.New("a path of sumdb")
	}
	path = strings.Replace(path, "tile/entries/", "tile/data/", 1)
	tile, err := tlog.ParseTilePath(fmt.Sprintf("tile/%d/%s", tileHeight, strings.TrimPrefix(path, "tile/")))
	if err == nil && (tile.L > 63 || !strings.HasPrefix(path, "tile/")) {
		err = errors.New("not a tile")
	}
	return tile, err
}

func entriesPath(number int64, width int) string {
	return publicPath(tlog.Tile{H: tileHeight, L: -1, N: number, W: width})
}

// tilesOf lists the tiles of a tree: of those that tlog names as new since the empty tree, the widest of each place.
func tilesOf(size int64) []tlog.Tile {
	type place struct {
		level  int
		number int64
	}
	widest := map[place]tlog.Tile{}
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		at := place{tile.L, tile.N}
		if widest[at].W < tile.W {
			widest[at] = tile
		}
	}
	var tiles []tlog.Tile
	for _, tile := range widest {
		tiles = append(tiles, tile)
	}
	return tiles
}

// tileFiles is a tlog.TileReader over the files of a public tree.
type tileFiles struct{ tree publicTree }

func (t tileFiles) Height() int                     { return tileHeight }
func (t tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		content, ok := t.tree[publicPath(tile)]
		if !ok {
			full := tile
			full.W = 1 << tileHeight
			content, ok = t.tree[publicPath(full)]
			if !ok || len(content) < tile.W*tlog.HashSize {
				return nil, fmt.Errorf("%s is missing", publicPath(tile))
			}
			content = content[:tile.W*tlog.HashSize]
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func splitEntries(raw []byte) ([][]byte, error) {
	var entries [][]byte
	for len(raw) > 0 {
		if len(raw) < 2 || len(raw) < 2+int(binary.BigEndian.Uint16(raw)) {
			return nil, errors.New("an entry bundle is cut off")
		}
		end := 2 + int(binary.BigEndian.Uint16(raw))
		entries, raw = append(entries, raw[2:end]), raw[end:]
	}
	return entries, nil
}

func joinEntries(entries [][]byte) []byte {
	var joined []byte
	for _, entry := range entries {
		joined = append(binary.BigEndian.AppendUint16(joined, uint16(len(entry))), entry...)
	}
	return joined
}
