"""Stories, told through the real app against the playground and loopback providers."""
