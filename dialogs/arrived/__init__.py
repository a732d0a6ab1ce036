"""What came of a round: what people arrived at, what they promised, and asking again later."""
