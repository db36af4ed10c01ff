"""Fold events into the golden record."""
