"""One folder per engine; drivers are imported here and nowhere else."""
