"""Traits: kept live by the loop, asked of the lake as SQL, and the same by both (law 4)."""
