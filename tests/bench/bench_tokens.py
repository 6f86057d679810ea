"""What is sent to the model: tokens per question over the bank, the largest query result, five typical questions.

Counted in o200k_base tokens of what Strands hands to the model: system prompt, query specs and all messages, of every
model call of a question. The bars are those of the issue; the numbers of the public AWS MCP servers were measured for
it (their tool definitions alone, before any question).
"""

from __future__ import annotations

from tests.bench.measure import percentile, verdict
from tests.questions.bank import read
from tests.questions.runner import asking, run

RESULT_BAR, TYPICAL_BAR = 1500, 15_000
TYPICAL = (
    "What did we spend last month, by service?",
    "Why did our costs rise in September?",
    "Which alarms are open right now?",
    "Which users have no MFA?",
    "Who changed the bucket policy in venue-utrecht on 6 October?",
)
PUBLIC_SERVERS = (
    ("public AWS MCP servers, all attached", 747_596),
    ("public AWS MCP servers, six tools allow-listed", 81_576),
    ("general AWS API MCP server", 38_088),
    ("general AWS API MCP server, at best", 22_149),
)


def main() -> None:
    """Run the bank with the offline model, then the five typical questions, and print what was sent."""
    outcomes = run(read(), "offline")
    sent = [outcome.sent.total for outcome in outcomes]
    calls = [one for outcome in outcomes for one in outcome.sent.calls]
    results = [(size, outcome.name) for outcome in outcomes for size in outcome.sent.results]
    print(f"tokens sent per question over the bank: mean {sum(sent) / len(sent):.0f}, p95 {percentile(sent, 95):.0f}")
    fixed = sum(one for outcome in outcomes for one in outcome.sent.fixed)
    print(f"  (n={len(sent)} questions, {len(calls)} model calls, mean {sum(calls) / len(calls):.0f} a call)")
    print(f"  {100 * fixed / sum(sent):.0f} % of it system prompts and query specs, sent again with every call")
    largest, name = max(results)
    sizes = [size for size, _ in results]
    print(f"query results: mean {sum(sizes) / len(sizes):.0f}, p95 {percentile(sizes, 95):.0f}, largest in {name}")
    print(verdict("largest query result", largest, RESULT_BAR, "tokens"))
    _typical()


def _typical() -> None:
    total = fixed = once = 0
    with asking("offline") as ask:
        for text in TYPICAL:
            answer, sent = ask(text, "local", None)
            total += sent.total
            queries = ", ".join(made.name for made in answer.queries) or "none"
            fixed += sum(sent.fixed)
            once += max(sent.calls, default=0)
            print(f"  {text:<62} {sent.total:>6} tokens in {len(sent.calls)} calls ({answer.status}; {queries})")
    print(f"  of these, system prompts and query specs: {fixed}; if each text counted once per question: {once}")
    print(verdict("five typical questions, in sum", total, TYPICAL_BAR, "tokens"))
    for label, size in PUBLIC_SERVERS:
        print(f"  {label:<62} {size:>7} tokens")


if __name__ == "__main__":
    main()
