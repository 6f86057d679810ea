"""Evaluations: every suite that a release must have passed, run with the model that ships, and the results as evidence.

`python -m tests.evaluations` runs them all and writes one file per suite beside this one; `regent controls` reads
those. A result below its bar is written as it is: then the control is failing, and says by how much.
"""
