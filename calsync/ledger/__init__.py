"""REMEMBERS: what the spokes of a hub agreed on, how each stands, and what the runs did, in the state database."""
