"""Segments: conditions compiled to closures and to SQL, and who is in them."""
