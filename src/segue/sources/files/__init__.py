"""Files of rows, by a mapping."""
