"""Plays the people of a company who look for a time: questions from a seed, kept in a file, counted or asked again.

What a server needs depends on what is asked of it, and that on how people ask: how many, how often, about whom, for
which days, and how soon again. These habits are numbers here (:mod:`bench.workload.habits`), and the same numbers and
the same seed make the same questions on every machine.
"""
