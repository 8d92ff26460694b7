"""Votes that leave, and votes that come."""
