"""TAKES AND MAPS: from what the sources say to what shall stand in the target."""
