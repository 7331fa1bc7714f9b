"""TELLS: what a run of a hub did or would do, as words for the terminal and as JSON."""
