"""How each kind of connector may be written."""
