"""Open protocols on the runtime's own address: OpenAI-compatible chat, AG-UI, MCP and A2A.

Each is a small module that turns a request into a question with a verified asker and an answer into the protocol's own
form; `border` is what they share. Nothing of a protocol is imported before its first request.
"""
