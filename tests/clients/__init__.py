"""Real clients that nobody here wrote, driven against real sockets."""
