"""Policies 政策 as dated data: what the notices set as numbers, lists and dates, each entry with clause and period.

`values` types what an entry says, `document` is one notice as data, `decoding` reads it strictly, `resolution` answers
what is in force on a day.
"""
