"""The attacks on archive objects: name, what the forger does, and the file; every one of them is an altered original."""

from __future__ import annotations

from collections.abc import Callable

from tests.document.attacks import archiving

ARCHIVE_ATTACKS: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    (
        "time stamp that draws",
        "lets the field of a time stamp paint another name, in a place written with references, called a parameter of the seal",
        archiving.drawn,
    ),
    ("time stamp that draws on screens", "the same, to be printed or not", archiving.drawn_for_screens),
    ("time stamp with a place", "gives the field of a time stamp a rectangle", archiving.place_alone),
    ("time stamp with an appearance", "gives the invisible field a drawing", archiving.appearance_alone),
    ("time stamp with a frame", "gives the invisible field a background", archiving.frame_alone),
    ("time stamp with an action", "lets the field act when the pointer comes", archiving.field_action),
    ("time stamp with parameters", "lets the time stamp refer to the font", archiving.parameters_alone),
    (
        "second time stamp that draws",
        "adds to an archive object a time stamp that paints",
        archiving.second_stamp_drawn,
    ),
    ("archived with a title", "adds /Info with another title", archiving.title_in_trailer),
    ("archived with other metadata", "writes the XMP metadata anew", archiving.title_in_metadata),
    ("archived with a second page", "adds a page", archiving.second_page),
    ("archived with another font", "overwrites the font", archiving.replaced_font),
    ("archived in another language", "changes /Lang of the catalogue", archiving.other_language),
    ("archived with an action", "adds /OpenAction to the catalogue", archiving.opening_action),
    ("archived with layers", "adds optional content to the catalogue", archiving.layers),
    ("archived and turned", "turns the page", archiving.turned),
    ("archived without the background", "takes a part out of the page's contents", archiving.other_contents),
    ("archived with form appearances", "lets readers draw the fields anew", archiving.form_appearances),
    ("archived with a second field", "adds another invisible field", archiving.second_field),
    ("archived with a passenger", "adds an object that nothing refers to", archiving.passenger),
    (
        "archived with a line between",
        "puts a line end between original and revision",
        archiving.lines_between,
    ),
    ("archived with a comment between", "puts a comment there", archiving.comment_between),
    (
        "archived in another spelling",
        "writes two spaces where the archive writes one",
        archiving.two_spellings,
    ),
    ("archived, an object twice", "writes the font twice in one revision", archiving.written_twice),
    (
        "archived, table to another object",
        "lets the table lead from the font to another object",
        archiving.place_of_another,
    ),
    ("archived with a hidden table", "names a second table in the trailer", archiving.hidden_table),
    ("time stamp of other bytes", "adds a whole time stamp of another file", archiving.stamp_of_other_bytes),
    (
        "time stamp wrongly signed",
        "adds a time stamp with a broken signature",
        archiving.stamp_wrongly_signed,
    ),
    ("time stamp of a part", "lets the time stamp cover all but the last bytes", archiving.stamp_of_a_part),
    (
        "words behind the time stamp",
        "writes into the zeros behind the token, which nothing signs",
        archiving.words_behind_the_token,
    ),
    ("store over the font", "overwrites the font beside validation material", archiving.store_over_the_font),
    ("store over the form", "changes the form beside validation material", archiving.store_over_the_form),
    ("store over the time stamp", "takes the time stamp away again", archiving.store_over_the_stamp),
    ("store with a damaged certificate", "changes a byte of a certificate", archiving.store_with_damage),
    (
        "store without a certificate",
        "puts a page content where a certificate stands",
        archiving.store_without_certificate,
    ),
    ("store and a title", "adds /Info beside validation material", archiving.store_and_title),
    ("store alone", "adds validation material without a time stamp", archiving.store_alone),
)
