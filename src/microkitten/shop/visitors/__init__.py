"""Browsers that come back: one cookie with one purpose, chosen and forgotten at will (P8, P9)."""
