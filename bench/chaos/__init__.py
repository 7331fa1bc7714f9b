"""Breaks what the real server stands on, one thing at a time, while it is asked: `make chaos`.

Each scenario says what must hold, does the damage, mends it, and tells what was seen.
"""
