"""`python -m console`: the same as `busyline`."""

from console.cli import main

main()
