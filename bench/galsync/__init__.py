"""Figures of GAL sync: what is lost or doubled when it is killed, how fast it fills and plans."""
