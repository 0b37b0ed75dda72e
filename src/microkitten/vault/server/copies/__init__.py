"""Copies of the vault for backups, and bringing one back: today's keys with the old data (P35, P43).

Read `copying` (what goes out), `staging` and `merging` (an old copy beside the present one), `ledger` (which log goes
on), `switching` (the steps that a crash may interrupt) and `rehearsing`. A process of their own runs them, as the
vault's user: `python -m microkitten.vault.server.copies`.
"""
