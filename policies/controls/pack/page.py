"""What people read first in a pack: the index page, and the model and system card. Generated, never typed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime

from policies.controls.manifest import Manifest
from policies.controls.run import Evaluation
from policies.controls.status import counts

_OF = {
    "aws": "Evidence from AWS is of the accounts that it names.",
    "sample": "<strong>Evidence from AWS is of the sample estate, which is invented: it says nothing of anybody's "
    "accounts.</strong>",
}


def index(done: Evaluation, origin: str, records: int, at: datetime, links: Mapping[str, str]) -> bytes:
    """One page without scripts. `links` gives the file in the pack of each SHA-256 that a status rests on."""
    said = html.escape
    rows = "\n".join(
        f"<tr><td>{said(one.id)}</td><td>{said(one.title)}</td><td>{said(one.status)}</td>"
        f"<td>{'<br>'.join(map(said, one.reasons))}</td>"
        f"<td>{'<br>'.join(_link(sha, links[sha]) for sha in one.evidence)}</td></tr>"
        for one in done.statuses
    )
    numbers = "".join(f"<tr><td>{said(status)}</td><td>{n}</td></tr>" for status, n in counts(done.statuses).items())
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evidence pack</title>
<style>
body {{ font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #1a1a1a; }}
table {{ border-collapse: collapse; margin: 1rem 0; }}
th, td {{ border: 1px solid #ccc; padding: 4px 6px; text-align: left; vertical-align: top; }}
</style></head><body>
<h1>Evidence pack</h1>
<p>How the controls of ISO/IEC 42001 stood at {at:%Y-%m-%d %H:%M:%S} UTC, computed from evidence, with the evidence.
Ledger {said(origin)}, {records} records signed.</p>
<p>{_OF[done.source]}</p>
<p><strong>A mapping or a status is no claim of conformity.</strong> What nobody examined counts as unassessed.</p>
<p>Verify it: take verify.py (in the repository: policies/controls/pack/verify_pack.py)
from where you trust it, and the verifier key from whom you trust, then run
<code>python verify.py PACK.zip --key VKEY</code>. Without a key it only shows that the pack agrees with itself.</p>
<table><thead><tr><th>status</th><th>controls</th></tr></thead><tbody>{numbers}</tbody></table>
<p><a href="soa.html">Statement of Applicability</a>, <a href="falsification.json">falsification report</a>,
<a href="status.json">statuses</a>, <a href="aibom.cdx.json">AI bill of materials</a>,
<a href="system-card.md">system card</a>, <a href="policies/declared.json">declarations</a>, the ledger's extract in
ledger/records/ under its <a href="ledger/checkpoint">checkpoint</a>,
<a href="manifest.json">every file with its SHA-256</a></p>
<table><thead><tr><th>control</th><th>title</th><th>status</th><th>why</th><th>evidence</th></tr></thead><tbody>
{rows}
</tbody></table></body></html>
""".encode()


def _link(sha: str, name: str) -> str:
    return f"<a href='{html.escape(name)}'>{sha[:12]}</a>"


def card(manifest: Manifest, guardrail: str, cedar_sha256: str, version: str, at: datetime) -> bytes:
    """The model and system card, as Markdown."""
    models = "\n".join(
        f"| {m.name} | {m.provider or 'this project'} | {m.supplier or 'nobody else'} | {m.host} |"
        for m in manifest.models
    )
    prompts = "\n".join(f"- {name}: `{sha}`" for name, sha in sorted(manifest.prompts.items()))
    shown = "\n".join(f"- {one.channel} ({one.language}): {one.text}" for one in manifest.disclosures)
    return f"""# Model and system card: Regent {version}

As of {at:%Y-%m-%d}. Generated from the installation; it claims no conformity.

It answers questions about the cost, security and operations of an AWS estate. A model chooses among declared, read-only
queries and words the answer; every figure comes from a query's result, with a receipt. It changes nothing in AWS.

## Models that can be chosen

| model | made by | supplied by | runs |
| --- | --- | --- | --- |
{models}

## Prompts (SHA-256)

{prompts}

## Limits on it

- Guardrail definition: `{guardrail}`
- Cedar policies: `{cedar_sha256}`
- Bedrock guardrails: {", ".join(manifest.guardrails) or "none configured"}

## What people are shown with an answer

{shown}
""".encode()
