"""Coverage-guided fuzzing of everything that reads what strangers send, and its short form in the suite."""
