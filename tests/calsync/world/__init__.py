"""A calendar server in memory with its weather, a spoke over it, and a hub of several of them."""
