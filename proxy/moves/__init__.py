"""FOLLOWS people who move: reads who moves and when, notices what changes, and keeps the ways up to date."""
