"""Orders: number, lines and sums, states, and the page behind link and something known (P12, P15)."""
