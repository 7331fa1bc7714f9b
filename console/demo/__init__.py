"""A whole merger on this machine: three simulated calendar systems, a real Busyline between them, and six questions."""
