"""Times: from the many ways of saying a time to the period words that `tools.periods` knows."""
