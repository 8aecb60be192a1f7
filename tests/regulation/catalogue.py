"""The catalogue of bad inputs: every case that is a change of a table, by theme."""

from __future__ import annotations

from tests.regulation.cases_of_authority import AUTHORITY, DUAL
from tests.regulation.cases_of_people import PEOPLE, UNITS
from tests.regulation.cases_of_procedure import PROCEDURE
from tests.regulation.cases_of_titles import EARLY_RURAL, FILE, TITLES

BAD_INPUTS = [*PEOPLE, *UNITS, *AUTHORITY, *DUAL, *PROCEDURE, *TITLES, EARLY_RURAL, *FILE]
