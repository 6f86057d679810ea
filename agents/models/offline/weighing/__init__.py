"""Weighing: how probable each plan is, and which are answered with, or none."""
