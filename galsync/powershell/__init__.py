"""Orders for Exchange as a script that an administrator runs, and what the script tells of what stands there."""
