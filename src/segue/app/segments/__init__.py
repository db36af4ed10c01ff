"""Segments as people ask for them: who is in them and was, what a condition would find, and what there is."""
