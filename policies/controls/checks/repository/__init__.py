"""Checks over the files of this installation."""
