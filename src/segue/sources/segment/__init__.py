"""Segment's HTTP tracking API: identify, track, page, screen, group, alias, one by one or in batches.

:mod:`~segue.sources.segment.wire` reads bodies, :mod:`~segue.sources.segment.pixel` queries of images,
:mod:`~segue.sources.segment.settings` makes what clients fetch first.
"""
