"""The commands of `claimwire` that are not in __main__.py, and what they show in the terminal."""
