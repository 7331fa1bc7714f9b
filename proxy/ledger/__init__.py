"""REMEMBERS WHO LOOKED: which caller asked about whom, for those who must account for it; never what was seen."""
