"""Words: one spelling and one language for what was said, and what managers' words are about."""
