"""The fronts: each identifies, decodes, looks up and encodes for one kind of caller."""
