"""One test class per interface, subclassed by every implementation; and what those tests stand on."""
