"""The systems that a hub joins: each a spoke (calsync/spoke.py) over its own protocol."""
