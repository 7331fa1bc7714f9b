"""COMPARES: what shall stand there, what stands there and what was agreed; pure."""
