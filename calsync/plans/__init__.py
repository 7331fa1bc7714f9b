"""DECIDES, PURELY: from what is known and what was seen of a hub's items to what has to be done at each spoke."""
