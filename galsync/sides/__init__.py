"""The address books that people are read from and written to, a file each."""
