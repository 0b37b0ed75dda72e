"""What the code must declare of itself, and the checks that find what it forgot (docs/adding.md)."""
