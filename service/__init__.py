"""UNDERPINS: what at least two services share, and nothing else."""
