"""How fast and how small: figures side by side in one run, with the physical limit beside them. Never a timed test."""
