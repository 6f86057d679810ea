"""Microsoft Teams: a front that knows the Bot Framework's tokens, and a worker on Microsoft's Teams SDK.

The front (`gatekeeper`) needs no SDK, so that it starts in milliseconds. What imports the SDK (`cards`, `speaking` and
what uses them) takes seconds to import, and is therefore only ever imported in a process of its own.
"""
