"""REMEMBERS: agreements, runs and their steps, in the state database."""
