"""Weighing: how probable each plan is, what rules it out, and which are answered with, or none."""
