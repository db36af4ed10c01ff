"""Lookalike: from a seed audience to the most similar others, ranked, with the lift to expect and why."""

from segue.learn.lookalike.model import Lookalike

MODEL = Lookalike()

__all__ = ["MODEL", "Lookalike"]
