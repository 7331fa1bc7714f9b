"""Measures: every figure that the README gives, by one command.

Answers from the cache are measured in three ways: with bodies that rotate, as callers ask, with whole days in common,
where what was rendered once is sent again (cached_1, cached_100); with a few bodies that repeat (cached_1_repeated,
cached_100_repeated); and with windows of their own, more than the server remembers, so that every answer is decoded,
cut and rendered anew (cached_1_fresh_windows). docs/benchmarks.md says how each figure is repeated.
"""
