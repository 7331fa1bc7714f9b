"""CARRIES: what every sync's runs need, whatever they sync: one at a time, at the peer's pace, kept track of."""
