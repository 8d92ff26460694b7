"""The worlds that the stories happen in: a clock, providers on loopback, and the whole app between them."""
