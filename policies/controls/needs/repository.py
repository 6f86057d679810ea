"""Needs from this installation's files, and from what only the entrance knows (the manifest that the CLI passes in).

Registers are the rows of documents: one item per row of the table in a document of that type, with `document` (id and
version) beside the row's fields. Rows of drafts are not collected: a draft states nothing. An empty cell is null.
"""

from __future__ import annotations

from policies.controls.evidence import Need
from policies.controls.needs.base import need


def _register(document: str, means: str, shape: str, named: str) -> Need:
    return need(
        "repository",
        document,
        means,
        named=named,
        sources=(f"approved documents of type {document}",),
        counted="rows of the table in the file's bytes, counted without parsing them",
        shape=shape,
    )


DOCUMENTS = need(
    "repository",
    "documents",
    "one item per document, drafts too; `attested_sha256` is what the ledger's last attestation of it names",
    named="the document's id",
    sources=("policies/controls/documents/", "the tenant's documents folder", "document.attested"),
    counted="files in these folders",
    shape='{"type": "ai-policy", "version": "1.0", "draft": false, "owner": "…", "approver": "…",'
    ' "approved_on": "2026-03-01",'
    ' "review_due": "2027-03-01", "sha256": "…", "attested_sha256": "…"|null}',
)
PROMPTS = need(
    "repository",
    "prompts",
    "each specialist's prompt as shipped (from the CLI's manifest)",
    named="the specialist",
    sources=("agents/specialists/*.md through the manifest",),
    counted="prompt files in the folder",
    shape='{"sha256": "…"}',
)
POLICY_SETS = need(
    "repository",
    "policy-sets",
    "the Cedar policies in force and their schema: digest as the gate records it (`policies_sha256`), and each policy"
    " parsed; `errors` is what cedarpy says against the schema",
    named="the set's file",
    sources=("policies/access/*.cedar", "policies.access.gate"),
    counted="files named by the settings",
    shape='{"sha256": "…", "schema_sha256": "…", "errors": [], "policies": [{"id": "…", "says": "…"|null,'
    ' "effect": "permit"|"forbid", "everyone": false, "everything": false, "conditions": 1}]}',
)
GUARDRAIL_DEFINITION = need(
    "repository",
    "guardrail-definition",
    "the guardrails as defined; strengths and actions in Bedrock's words",
    named="the file",
    sources=("policies/guardrails/guardrails.yaml",),
    counted="one",
    shape='{"sha256": "…", "topics": ["Gambling advice"], "filters": {"HATE": {"input": "MEDIUM", "output": "MEDIUM"}},'
    ' "personal": {"EMAIL": {"input": "mask", "output": "mask"}}, "regexes": ["dutch-bsn"], "words": 6}',
)
QUERIES = need(
    "repository",
    "queries",
    "each registered query",
    named="the query",
    sources=("tools.registry",),
    counted="@query declarations found in the source of tools/ and of entry points",
    shape='{"domain": "cost", "operations": ["ce:GetCostAndUsage"], "actions": ["ce:GetCostAndUsage"],'
    ' "personal_data": false}',
)
DEPENDENCIES = need(
    "repository",
    "dependencies",
    "each locked package, and each installed one that is not locked; null where one of the two is missing",
    named="the package",
    sources=("requirements.txt", "importlib.metadata"),
    counted="requirement lines of requirements.txt, and distributions installed",
    shape='{"locked": "1.44.5"|null, "installed": "1.44.5"|null, "hashes": 2, "applies": true}',
)
MODELS = need(
    "repository",
    "models",
    "each model that the settings and the manifest can choose, as the ledger names it",
    named="the model",
    sources=("the manifest", "regent.yaml"),
    counted="the settings' model keys",
    shape='{"provider": "Anthropic", "supplier": "Amazon Web Services", "host": "aws"|"own"|"local"}',
)
COMPONENTS = need(
    "repository",
    "components",
    "each component of the AI bill of materials that somebody else supplies: models and services, not libraries",
    named="the component",
    sources=("the bill of materials",),
    counted="configured models, and AWS services in the queries' operations",
    shape='{"kind": "model"|"service", "supplier": "Amazon Web Services"}',
)
EVALUATION_RUNS = need(
    "repository",
    "evaluation-runs",
    "the newest result of each suite (`questions`, `fresh-questions`, `grounding`, `attacks`; and of faults: "
    "`fresh-questions-silently-wrong`, `grounding-false-alarms`)"
    " with digests of what was evaluated",
    named="the suite",
    sources=("results that make questions, make bench and the attack tests write",),
    counted="suites named in the declarations that have any result",
    shape='{"sha256": "…", "n": 120, "value": 0.97, "model": "offline", "prompts": ["sha256"],'
    ' "policies_sha256": "…", "dataset_sha256": "…", "dataset_now_sha256": "…", "run_at": "…"}',
)
INVARIANTS = need(
    "repository",
    "invariants",
    "each row of INVARIANTS.md",
    named="the row's number",
    sources=("INVARIANTS.md", "the tests' sources"),
    counted="lines of the table",
    shape='{"promise": "…", "owner": "…", "owner_exists": true, "test": "…", "test_exists": true}',
)
GENERATED = need(
    "repository",
    "generated-files",
    "each generated page (query reference, guardrail table, role matrix …): as it lies, and generated anew",
    named="the file",
    sources=("docs/",),
    counted="generators known",
    shape='{"sha256": "…", "generated_sha256": "…"}',
)
DISCLOSURES = need(
    "repository",
    "disclosures",
    "what each channel shows with an answer, rendered once per channel and language by the manifest",
    named="channel/language",
    sources=("the manifest: rendered sample answers",),
    counted="channels x languages configured",
    shape='{"channel": "cli", "language": "en", "text": "…Written by an AI system… Ask your platform team…"}',
)
SOA = need(
    "repository",
    "soa",
    "each row of the Statement of Applicability, as decided",
    named="the control",
    sources=("the tenant's SoA decisions",),
    counted="rows in the file's bytes",
    shape='{"applicable": true, "reason": "…"|null, "risks": ["R-1"], "requirements": [], "owner": "…",'
    ' "approver": "…", "approved_on": "…"}',
)

SYSTEMS = _register(
    "scope-statement",
    "each AI system in scope",
    '{"role": "deployer", "purpose": "…", "owner": "…", "changed": "2026-09-01", "runtimes": ["regent_jwt"]}',
    "the system's id",
)
RISKS = _register(
    "risk-register",
    "each risk",
    '{"system": "regent", "event": "…", "owner": "…", "likelihood": 2, "impact": 3, "treatment": "reduce",'
    ' "controls": ["A.9.2"], "residual": 2, "accepted_by": "…", "assessed": "2026-09-10"}',
    "the risk's id",
)
SUPPLIERS = _register(
    "responsibility-matrix",
    "each supplier with what it answers for",
    '{"supplier": "…", "service": "…", "accountable": "…", "responsible": "…", "regions": ["eu-west-1"],'
    ' "certificate_until": "2027-01-01", "exit_plan": "…", "reviewed": "2026-05-01"}',
    "supplier/service",
)
COMPETENCE = _register(
    "competence-matrix",
    "each person in a role of the system, and until when their competence counts",
    '{"person": "p2 (pseudonym, as in the ledger)", "role": "approver", "required": "…", "valid_until": "2027-01-01"}',
    "person/role",
)
OBJECTIVES = _register(
    "objectives-register",
    "each objective",
    '{"objective": "…", "metric": "…", "target": "…", "owner": "…", "due": "2026-12-31", "measured": "2026-10-01",'
    ' "measured_by": "suite or alarm name"}',
    "the objective's id",
)
CORRECTIVE_ACTIONS = _register(
    "corrective-action-log",
    "each corrective action",
    '{"control": "A.9.2", "cause": "…", "action": "…", "owner": "…", "due": "2026-11-01", "closed": "…"|null,'
    ' "effect_checked": "…"|null}',
    "the action's id",
)
DATA_SOURCES = _register(
    "data-inventory",
    "each source of data",
    '{"services": ["ce"], "owner": "…", "classification": "…", "basis": "…", "personal": false,'
    ' "updated": "2026-08-01"}',
    "the source's id",
)
IMPACTS = _register(
    "aiia-record",
    "each impact assessment, one row per group affected",
    '{"system": "regent", "group": "…", "benefit": "…", "harm": "…", "severity": 2, "measures": "…", "assessed": "…",'
    ' "approver": "…"}',
    "the row's id",
)
OBLIGATIONS = _register(
    "reporting-obligations-register",
    "each report due to somebody",
    '{"to": "regulator", "what": "…", "due": "2026-12-31", "sent": "…"|null, "proof": "…"|null, "controls": ["A.8.5"]}',
    "the obligation's id",
)
