"""What any source, channel, model or adapter must pass; and the simulated world."""
