"""Segue: one customer, every channel, no seams.

Start reading at :mod:`segue.flow`, which holds the whole loop on one page, and then
``docs/architecture.md``, which uses the same words as the folders.
"""

__version__ = "0.1.0"
