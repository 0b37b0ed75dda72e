"""Canaries: people whose every word is nowhere else go through the whole shop; every byte is searched for them."""
