"""Controlling: the entrance to the controls room. It opens what an evaluation looks at, and tells what only we know."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import policies
from agents.disclosing import disclosures, open_channels
from agents.home import Home
from agents.ledgers import open_ledger
from agents.overseeing import open_oversight
from agents.sample_papers import documents_folder
from agents.settings import Settings, load_settings
from agents.storing import open_receipts
from policies.access import Gate, Principal
from policies.access.gate import company_gate
from policies.access.policyset import read_files, shipped_files
from policies.audit import Ledger
from policies.controls.collect import Scene
from policies.controls.crosswalk import declared_frameworks
from policies.controls.declared import SHIPPED as DECLARED
from policies.controls.declared import Declared, load_declared
from policies.controls.documents import load_documents
from policies.controls.manifest import Manifest, ModelEntry
from policies.controls.places import FolderPlace, Place
from policies.controls.recorded import Recorded
from policies.controls.soa import SHIPPED as SOA
from policies.controls.soa import Statement, load_soa
from policies.controls.store import EvidenceStore
from policies.oversight import Oversight
from tools.estates import Estate

if TYPE_CHECKING:
    from agents.drafting import ModelMaker
    from policies.controls.evaluations import EvaluationResult

ROOT = Path(policies.__file__).parent.parent
_PROVIDERS = {"anthropic": "Anthropic", "amazon": "Amazon", "meta": "Meta", "mistral": "Mistral AI", "cohere": "Cohere"}


@dataclass(frozen=True, slots=True)
class Controlling:
    """What commands about controls work with."""

    scene: Scene
    store: EvidenceStore


@contextmanager
def open_controlling(
    principal: Principal,
    *,
    estate: Literal["aws", "sample"] = "sample",
    home: Home | None = None,
    settings: Settings | None = None,
    since: datetime | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    opened: Estate | None = None,
    ledger: Ledger | None = None,
) -> Iterator[Controlling]:
    """Open ledger, evidence store and documents; the estate is opened when a collector first asks for it.

    `opened` and `ledger` are used where somebody has them open already.

    Raises:
        RegentError: one of them cannot be opened; the sentence says what to do.
    """
    from agents.places import register_places

    register_places()
    home, settings = home or Home.find(), settings or load_settings()
    with ExitStack() as closing:
        book = ledger or closing.enter_context(open_ledger(home.ledger, settings))
        holder = [opened] if opened is not None else []

        def the_estate() -> Estate:
            from agents.estates import open_estate

            if not holder:
                holder.append(closing.enter_context(open_estate(estate, home, settings)))
            return holder[0]

        def the_oversight() -> Oversight:
            if not overseen:
                overseen.append(open_oversight(home, book, settings))
                closing.callback(overseen[0].close)
            return overseen[0]

        declared = declarations(settings)
        overseen: list[Oversight] = []
        scene = Scene(
            home=home.path,
            ledger=book,
            receipts=open_receipts(home, settings),
            declared=declared,
            principal=principal,
            manifest=manifest(settings, estate),
            documents=load_documents(documents_folder(settings, home, estate)),
            attested=Recorded.of(book).attestations(),
            soa=statement(settings),
            root=ROOT,
            templates=settings.templates,
            clock=clock,
            since=since or clock() - timedelta(days=declared.window_days),
            estate=the_estate,
            gate=lambda: _gate(settings, the_estate()),
            asking_gate=lambda: company_gate(settings.policies, settings.allowed_regions or settings.regions),
            oversight=the_oversight,
            source=estate,
        )
        yield Controlling(scene, evidence_store(home, book, settings))


def _gate(settings: Settings, estate: Estate) -> Gate:
    """The gate in force over queries and snapshots."""
    from tools.catalogue import every_query

    files = (*shipped_files(), *read_files(settings.policies))
    return Gate(files, every_query().values(), regions=settings.allowed_regions or estate.regions)


def evidence_store(home: Home, ledger: Ledger, settings: Settings) -> EvidenceStore:
    """The store of this home, signing with the ledger's key."""
    keys = [*ledger.home.trusted(), ledger.signer.vkey]
    return EvidenceStore(
        evidence_place(home, settings), ledger.origin, keys, ledger.signer, revoked=Recorded.of(ledger).revoked()
    )


def evidence_place(home: Home, settings: Settings) -> Place:
    """Where snapshots lie: in `evidence_bucket`, else beside the keys of persons, where they can be erased like those;
    else in this home.
    """
    url = settings.evidence_bucket
    if url is None and settings.ledger_keys is not None:
        url = f"s3://{settings.ledger_keys.removeprefix('s3://').partition('/')[0]}/evidence"
    if url is None:
        return FolderPlace(home.evidence)
    from policies.audit.remote import S3Bucket
    from policies.controls.places_s3 import BucketPlace

    return BucketPlace(home.evidence, S3Bucket.at(url, settings.evidence_retain_days))


def declarations(settings: Settings) -> Declared:
    """The tenant's declarations. ControlsError when they cannot be used, also for a framework that nobody knows."""
    declared = load_declared(settings.declared or DECLARED)
    declared_frameworks(declared)
    return declared


def statement(settings: Settings) -> Statement:
    """The tenant's Statement of Applicability, or the shipped draft. ControlsError when it cannot be used."""
    own = settings.documents / "soa.yaml" if settings.documents is not None else None
    return load_soa(own if own is not None and own.exists() else SOA)


def manifest(settings: Settings, estate: str) -> Manifest:
    """What collectors cannot know by themselves: prompts, models, channels, home accounts."""
    from agents import specialists

    folder = Path(specialists.__file__).parent
    prompts = {one.domain: one.prompt_sha256 for one in specialists.specialists().values()}
    files = [path for path in folder.glob("*.md") if path.stem not in ("common", "repair")]
    names = list(dict.fromkeys(["offline", f"bedrock:{settings.bedrock_profile}", settings.model or "offline"]))
    names = [f"bedrock:{settings.bedrock_profile}" if name == "bedrock:" else name for name in names]
    home = settings.home_accounts
    if estate == "sample" and not home:
        from tools.estate.world import HOME_ACCOUNTS

        home = HOME_ACCOUNTS
    return Manifest(
        home_accounts=home,
        bedrock_models=tuple(name.partition(":")[2] for name in names if name.startswith("bedrock:")),
        guardrails=_guardrails(settings, estate),
        reader_role=settings.reader_role if estate == "aws" else _sample_role(),
        prompts=prompts,
        prompt_files=len(files),
        models=tuple(_model(name) for name in dict.fromkeys(names)),
        model_keys=len(set(names)),
        disclosures=disclosures(settings, _writer(settings, estate)),
        disclosures_expected=len(open_channels(settings)),
    )


@dataclass(frozen=True, slots=True)
class _Writer:
    """As much of a model as the line under an answer names: the model itself takes long to import."""

    name: str
    is_llm: bool


def _writer(settings: Settings, estate: str) -> ModelMaker:
    """What would write answers as the settings stand."""
    name = settings.model or ("offline" if estate == "sample" else f"bedrock:{settings.bedrock_profile}")
    return cast("ModelMaker", _Writer(name, name != "offline"))


def released_hashes() -> tuple[list[str], list[str]]:
    """SHA-256 of the prompts, and of the policy set in force, of this installation."""
    from agents.specialists import specialists

    settings = load_settings()
    gate = company_gate(settings.policies, settings.allowed_regions or settings.regions)
    return sorted({one.prompt_sha256 for one in specialists().values()}), [gate.sha256]


def evaluated(suite: str, cases: Mapping[str, bool], *, model: str, dataset: tuple[str, ...]) -> EvaluationResult:
    """The result of a suite that asks questions, bound to prompts, policies and cases as they are now."""
    from policies.controls.evaluations import EvaluationResult, dataset_sha256

    prompts, policies_in_force = released_hashes()
    return EvaluationResult(
        suite=suite,
        cases=dict(cases),
        model=model,
        prompts=tuple(prompts),
        policies_sha256=policies_in_force[0],
        dataset=dataset,
        dataset_sha256=dataset_sha256(ROOT, dataset),
        run_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def record_evaluation(result: EvaluationResult, principal: str = "local") -> str:
    """Keep a result of one's own below the home and put it on record; the SHA-256 by which a release names it."""
    from policies.controls.evaluations import folder, keep, record

    home = Home.find()
    digest = keep(folder(home.path), result)
    with open_ledger(home.ledger) as ledger:
        record(ledger, result, digest, principal)
    return digest


def _guardrails(settings: Settings, estate: str) -> tuple[str, ...]:
    """The configured guardrail; of the sample estate, which nobody configures, the one that is deployed there."""
    if settings.guardrail:
        return (f"{settings.guardrail}:{settings.guardrail_version}",)
    if estate != "sample":
        return ()
    from tools.estate.inventory.deployed import guardrail

    return (guardrail(),)


def _sample_role() -> str:
    from tools.estate.world import READER_ROLE

    return READER_ROLE


def _model(name: str) -> ModelEntry:
    kind, _, rest = name.partition(":")
    if kind == "bedrock":
        words = [word for word in rest.split(".") if word in _PROVIDERS]
        provider = _PROVIDERS[words[0]] if words else rest.partition(".")[0]
        return ModelEntry(name=name, provider=provider, supplier="Amazon Web Services", host="aws")
    if kind == "openai":
        model = rest.partition("#")[2]
        return ModelEntry(name=f"openai:{model}", provider=model, supplier=None, host="own")
    return ModelEntry(name=name, provider=None, supplier=None, host="local")
