"""Intents: how well each query fits a question, by rules and by what was learned, and what it leaves unexplained."""
