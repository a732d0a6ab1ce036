"""What a person decides about themselves: how Samspill speaks to them, what it keeps, leaving."""
