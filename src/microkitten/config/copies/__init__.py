"""`microkitten backup`, `restore` and `check --restore`: copies of a whole store but for its keys and secrets.

Read `manifest` (what a backup says of itself), `vault` and `shop` (the two databases), `files`, then `backing`,
`restoring` and `rehearsing`.
"""
