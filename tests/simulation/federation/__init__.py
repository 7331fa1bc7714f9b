"""The tests of the simulated federation."""
