"""What the verbs ask of the world, as the smallest protocols they need."""
