"""The vault's own process: the only place with keys; started by `python -m microkitten.vault.server`,
imported by nobody else."""
