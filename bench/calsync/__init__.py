"""Figures of calendar sync: what is lost, doubled or mailed in bad weather."""
