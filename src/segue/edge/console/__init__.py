"""The console over HTTP: the files that ``make console`` built, under a strict policy.

``console_app`` in :mod:`segue.edge.console.application` makes it. The sources are in ``console/``.
"""
