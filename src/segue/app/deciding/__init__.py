"""Deciding for touchpoints: what is asked, who is in front of them, the answer, and what became of it."""
