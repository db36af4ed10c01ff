"""HTTP, console and command line: parse → call → answer."""
