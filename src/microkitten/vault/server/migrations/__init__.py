"""The history of the vault's tables, generated."""
