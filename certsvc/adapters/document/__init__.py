"""The certificate as a document: layout compiled once, each certificate written and signed in one pass.

`glyphs` reads the font, `truetype` cuts subsets, `pdf_syntax` and `pdf_font` spell PDF, `layout_map` reads the
declared layout, `artwork` draws, `fitting` breaks lines, `layout` compiles, `page` composes one certificate, `qr_symbol`
and `cms` do what they say, `writer` puts it together. Byte format: docs/formats/document.md.
"""
