"""The rooms of the shop, one for each promise's subject; see ARCHITECTURE.md for their order."""
