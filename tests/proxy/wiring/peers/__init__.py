"""The asking end of each connector, against its simulated system."""
