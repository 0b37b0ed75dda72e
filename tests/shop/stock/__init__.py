"""Tests of the rooms of the shop."""
