"""SPEAKS: pure translation between the wire and the model; no sockets, no clock, no configuration."""
