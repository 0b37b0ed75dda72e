"""Who may sign in: an id and nothing personal; the vault verifies and mints the pass (P13, P3)."""
