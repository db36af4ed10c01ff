"""What runs: the supervisor, its children, the worker with its chores, and workers beside a command."""
