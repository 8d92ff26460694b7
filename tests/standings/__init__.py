"""Standings: known answers, properties, other implementations, simulations."""
