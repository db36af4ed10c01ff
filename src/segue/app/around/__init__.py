"""What surrounds a touchpoint: the weather at its store, and what is trending there."""
