"""The policy floor: reading, deciding, rendering, explaining."""
