"""A card processor to try the shop with: a program on its own origin, and the provider that speaks to it."""
