"""Series are counted and put into one form."""
