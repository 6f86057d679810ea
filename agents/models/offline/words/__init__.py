"""Words: one spelling and one language for what was said, and what is said around a question."""
