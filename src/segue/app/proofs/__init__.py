"""Proofs of who is there: one-time codes, QR tokens and links, given out once and exchanged once."""
