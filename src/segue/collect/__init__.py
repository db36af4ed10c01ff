"""Drafts from any source become checked, time-corrected events."""
