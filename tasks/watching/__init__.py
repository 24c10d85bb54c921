"""Watching a network: looks on a schedule, what they tell, and who is told of it."""
