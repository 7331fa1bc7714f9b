"""A move as one event: the route, the entries at both sides, and the forwarders, planned and done together."""
