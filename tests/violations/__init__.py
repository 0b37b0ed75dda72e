"""Attempts to use personal data against the policy, each a real act by code against a real store."""
