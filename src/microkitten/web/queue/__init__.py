"""The outbox and the jobs: what an action leaves in its own transaction, the worker turns into work."""
