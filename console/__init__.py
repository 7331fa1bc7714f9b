"""SHOWS: what an operator types and looks at."""
