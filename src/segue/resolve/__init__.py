"""Whose event is it? Identifiers, links with evidence, persons."""
