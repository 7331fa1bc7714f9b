"""What stands around a connector: each layer is a connector itself and knows only the one inside."""
