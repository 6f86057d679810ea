"""Channels: where people ask. Each turns what arrived into a question with a verified principal, and shows the answer.

A channel has a thin front (verify, take once, queue) and a worker (ask, say). What they share is here: `front`,
`delivery`, `inbox`, `working`. A front imports the standard library only, so that it starts in milliseconds.
"""
