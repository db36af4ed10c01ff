"""What Segue can do, measured: one script per figure, each beside a yardstick of the same run.

``python -m bench`` runs them all and prints one table; ``python -m bench.loop_empty`` runs one.
"""
