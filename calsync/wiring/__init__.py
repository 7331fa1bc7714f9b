"""JOINS: the names of the settings become spokes that speak, and hubs that run."""
