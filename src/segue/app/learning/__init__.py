"""Models at work: what they may know, training and scoring, runs that are kept, jobs, and warm answers."""
