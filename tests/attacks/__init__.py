"""The attack table as tests: `table.py` says who does what, what must catch it, and which tests play it."""
