"""Killing a store's processes at chosen steps from outside: the product knows nothing of it."""
