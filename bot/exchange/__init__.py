"""Votes as they leave and come: one schema, three formats of file, and the two commands."""
