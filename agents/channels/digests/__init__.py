"""Digests: questions that are asked at set times as a configured principal, by the same port as everybody's.

A figure in a digest is a figure of an answer; nothing here computes one, or sees more than that principal may.
"""
