"""The ledger's mathematics: leaves, tree, proofs and signed checkpoints; ids and hashes, nothing personal
(P42)."""
