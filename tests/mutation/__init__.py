"""Spoils the policy and the program on purpose, one thing at a time: some test must turn red each time."""
