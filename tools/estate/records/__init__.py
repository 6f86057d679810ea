"""Seeded records of security and operations: findings, events, jobs, alarms, metrics and logs.

Each module derives its records from the inventory and the planted stories, so that every service tells the same
story with the same ids and times. The handlers in ``services`` filter and page over them.
"""
