"""The tests of calsync: hubs and spokes that stay equal."""
