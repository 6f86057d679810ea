"""Gateway: the queries as MCP tools behind AgentCore Gateway, which verifies callers and enforces projected policies.

`passing` runs in front of every call and hands on the caller's token; `target` runs the query for whom the token names.
"""
