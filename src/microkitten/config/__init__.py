"""Wires the house together: settings, addresses, commands, processes. Imported by nobody."""
