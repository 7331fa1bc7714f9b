"""SHOWS one service on several cores: a parent that starts, watches and replaces workers, each a whole proxy."""
