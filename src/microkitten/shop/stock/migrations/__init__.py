"""The history of the stock's tables."""
