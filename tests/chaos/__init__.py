"""Chaos: real programs, a Slack and two models on loopback, and every trouble there is, by seed.

`python -m tests.chaos --minutes 10` runs it; afterwards what Slack shows and what the database holds are
compared with what people did.
"""
