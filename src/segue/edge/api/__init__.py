"""The HTTP API: parse, call, answer. ``create_api`` in :mod:`segue.edge.api.application` makes it."""
