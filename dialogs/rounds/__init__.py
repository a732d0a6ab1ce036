"""Rounds: questions asked of a collaboration in all its places, answered, opened, summed up."""
