"""The tests mirror the tree; contracts/, wire/, clients/ and house/ stand beside the mirror."""
