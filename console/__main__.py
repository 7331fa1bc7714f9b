"""`python -m console`: the same as `busyline`."""

from console.start import main

main()
