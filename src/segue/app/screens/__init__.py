"""The touchpoints' pages: their addresses and keys, and what makes a display change."""
