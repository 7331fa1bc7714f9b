"""The workload generator: that the same seed asks the same, and that what is counted is what a server does."""
