"""Each scenario of the chaos in its short form, with the real server."""
