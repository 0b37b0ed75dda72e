"""The stock: what is there, what is promised, and every movement that made it so (P18)."""
