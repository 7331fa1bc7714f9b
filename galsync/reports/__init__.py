"""TELLS: what a run would do or did, for the operator's eyes."""
