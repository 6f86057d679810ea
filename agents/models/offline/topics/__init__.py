"""Topics: which words stand for which query, which value of its inputs, or a refusal. Tables and patterns only."""
