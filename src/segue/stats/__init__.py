"""Pure mathematics: arrays in, arrays or small records out. No I/O, no clock, no state; seeds come in."""
