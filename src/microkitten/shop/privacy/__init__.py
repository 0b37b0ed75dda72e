"""The promise made visible: the policy page, the ledger, the connection, your cookie (P0, P36-P42)."""
