"""Parcels: each with its own recipient, method and state (P6, P12)."""
