"""Slack: signed events come in at a thin front, and a worker answers in the thread.

`gatekeeper` and `events` are the front (standard library only). `worker` routes what was queued with Slack's own Bolt,
asks the house through its port, and `speaking` says the answer with Slack's own SDK, as `blocks` draws it.
"""
