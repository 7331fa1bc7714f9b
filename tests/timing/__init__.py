"""Whether the time of an answer tells what the answer does not: a statistical command, and its short form."""
