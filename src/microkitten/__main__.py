"""Lets `python -m microkitten` be the `microkitten` command, for a source that was never installed."""

from microkitten.config.cli import main

if __name__ == "__main__":
    main()
