"""The checks behind `regent doctor`. Each looks at one thing and says what to do when it is not there."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, metadata, version
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from agents.home import Home
from agents.settings import Settings, load_settings
from tools import inference
from tools.errors import RegentError

_NEEDED = ("strands-agents", "boto3", "duckdb", "cedarpy", "cryptography", "pydantic", "moto")


class Check(BaseModel):
    """One finding. `absent` is something optional that is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    state: Literal["ok", "absent", "failed"]
    found: str
    remedy: str = ""


def checkup() -> list[Check]:
    """All checks, in the order in which a person would mend them."""
    return [_python(), _dependencies(), _settings(), _home(), _ledger(), _switch(), _sample(), *_aws()]


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    needed = metadata("regent")["Requires-Python"].removeprefix(">=")
    if tuple(sys.version_info[:2]) < tuple(map(int, needed.split("."))):
        return Check(name="Python", state="failed", found=found, remedy=f"Install Python {needed} or newer.")
    return Check(name="Python", state="ok", found=found)


def _dependencies() -> Check:
    missing = []
    for name in _NEEDED:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Check(
            name="dependencies", state="failed", found=f"missing: {', '.join(missing)}", remedy="Run `make setup`."
        )
    return Check(name="dependencies", state="ok", found=f"strands-agents {version('strands-agents')}")


def _settings() -> Check:
    try:
        load_settings()
    except RegentError as error:
        return Check(name="settings", state="failed", found=str(error), remedy="Mend regent.yaml or the environment.")
    return Check(name="settings", state="ok", found="readable")


def _home() -> Check:
    """Whether others may look into the home. What Regent makes is for its user alone; a home may be older, or made."""
    path = Home.find().path
    try:
        mode = path.stat().st_mode & 0o777
    except OSError:  # not there yet, or not to be looked at: the ledger's check says which
        return Check(name="home", state="absent", found=f"{path} is not there yet")
    if mode & 0o077:
        return Check(
            name="home",
            state="failed",
            found=f"Others than you can look into {path} (mode {mode:o}).",
            remedy=f"Run `chmod 700 {path}`; whoever may read there may read the ledger.",
        )
    return Check(name="home", state="ok", found=f"{path}, for its owner only")


def _ledger() -> Check:
    from agents.ledgers import open_ledger
    from policies.audit.errors import LedgerDamagedError, LedgerUnwritableError

    home = Home.find()
    remedy = "Run `regent audit verify`, which says what is wrong with it."
    try:
        with open_ledger() as ledger:
            return Check(name="ledger", state="ok", found=f"{ledger.size} records in {home.ledger}")
    except LedgerDamagedError as error:
        found = str(error)
        remedy = (
            "Nothing is answered until it is restored: put a backup in its place, or what was shipped to a bucket "
            "(`regent audit restore`). Leave the keys and anchors beside it as they are: they show what was there."
        )
    except (LedgerUnwritableError, OSError) as error:
        found = str(error)
        remedy = f"Make {home.path} writable, or set REGENT_HOME to a folder that is."
    except RegentError as error:
        found = str(error)
    return Check(name="ledger", state="failed", found=found, remedy=remedy)


def _switch() -> Check:
    from agents.ledgers import open_ledger
    from agents.overseeing import open_oversight
    from policies.audit.errors import LedgerError

    home = Home.find()
    try:
        with open_ledger() as ledger:
            stops = open_oversight(home, ledger, load_settings()).switch.read()
    except LedgerError:
        found, remedy = "it cannot be read without the ledger, so everything is stopped", "Mend the ledger first."
        return Check(name="kill switch", state="failed", found=found, remedy=remedy)
    except (RegentError, OSError) as error:
        return Check(name="kill switch", state="failed", found=str(error), remedy="Run `regent resume` as an admin.")
    if stops:
        said = " ".join(stop.sentence for stop in stops)
        return Check(name="kill switch", state="failed", found=said, remedy="An admin lifts it with `regent resume`.")
    return Check(name="kill switch", state="ok", found="nothing is stopped")


def _sample() -> Check:
    from tools.estates import open_sample
    from tools.receipts import ReceiptFiles

    home = Home.find()
    try:
        with open_sample(home.cache) as estate:
            store = ReceiptFiles(home.receipts, home.keys / "receipts.key")
            accounts = estate.directory(store).accounts
    except (RegentError, OSError) as error:
        return Check(name="sample estate", state="failed", found=str(error), remedy="Run `make setup` again.")
    return Check(name="sample estate", state="ok", found=f"{len(accounts)} accounts answer")


def _aws() -> list[Check]:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NotConnectedError
    from botocore.session import Session

    settings = load_settings()
    session = Session()
    if session.get_credentials() is None:
        remedy = "Only needed for `--estate aws`: sign in with `aws sso login`, or set AWS_PROFILE."
        held = [Check(name="AWS credentials", state="absent", found="none found", remedy=remedy)]
        asked = (settings.model or "").startswith("bedrock:") and inference.group(_profile(settings))
        return [*held, _processed(settings, inference.known(_profile(settings)))] if asked else held
    quick = Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 1})
    try:
        sts: Any = session.create_client("sts", region_name=settings.regions[0], config=quick)
        caller = sts.get_caller_identity()
        found = [Check(name="AWS credentials", state="ok", found=caller["Arn"])]
    except (BotoCoreError, ClientError) as error:
        remedy = "Renew the credentials (for instance `aws sso login`)."
        if isinstance(error, (HTTPClientError, NotConnectedError)):
            remedy = "See that this machine reaches AWS: network, proxy, VPN."
        return [Check(name="AWS credentials", state="absent", found=str(error)[:200], remedy=remedy)]
    try:
        bedrock: Any = session.create_client("bedrock", region_name=settings.bedrock_region, config=quick)
        model = _profile(settings)
        if inference.group(model) or model.startswith("arn:"):
            regions = inference.destinations(bedrock.get_inference_profile(inferenceProfileIdentifier=model))
        else:
            bedrock.get_foundation_model(modelIdentifier=model)
            regions = frozenset({settings.bedrock_region})
        found += [Check(name="Bedrock model", state="ok", found=model), _processed(settings, regions)]
    except (BotoCoreError, ClientError) as error:
        remedy = f"Ask for model access in {settings.bedrock_region}, or set REGENT_BEDROCK_PROFILE."
        found.append(Check(name="Bedrock model", state="absent", found=str(error)[:200], remedy=remedy))
    return [*found, _guardrail(session, settings, quick)]


def _profile(settings: Settings) -> str:
    """The model or inference profile that Bedrock is asked for."""
    named = (settings.model or "").removeprefix("bedrock:") if (settings.model or "").startswith("bedrock:") else ""
    return named or settings.bedrock_profile


def _processed(settings: Settings, regions: frozenset[str]) -> Check:
    """Whether prompts are processed only where the declarations say that they may."""
    from policies.controls.declared import SHIPPED, load_declared

    name, profile = "where prompts are processed", _profile(settings)
    remedy = (
        "If your company has decided that prompts may be processed there, name the regions in inference_regions of its "
        "declarations (setting `declared`); if not, choose another model."
    )
    try:
        declared = load_declared(settings.declared or SHIPPED)
    except RegentError as error:
        return Check(name=name, state="failed", found=str(error), remedy="Mend the declarations.")
    if not regions or "" in regions:
        anywhere = "" in regions or inference.group(profile) == "global"
        where = (
            "in any region" if anywhere else "in regions that nobody here knows; Bedrock can be asked, with credentials"
        )
        return Check(name=name, state="failed", found=f"{profile} may run a prompt {where}", remedy=remedy)
    outside = sorted(regions - {*declared.regions, *declared.inference_regions})
    if outside:
        found = f"{profile} may run a prompt in {', '.join(outside)}, which is not declared"
        return Check(name=name, state="failed", found=found, remedy=remedy)
    return Check(name=name, state="ok", found=f"in {', '.join(sorted(regions))}, as declared")


def _guardrail(session: Any, settings: Any, quick: Any) -> Check:
    """Whether the guardrail of the settings is there, published and ready."""
    from botocore.exceptions import BotoCoreError, ClientError

    name = "Bedrock guardrail"
    if settings.guardrail is None:
        remedy = "A Bedrock model on AWS accounts needs one: see docs/guardrails.md, or set guard_local_only."
        return Check(name=name, state="absent", found="none set", remedy=remedy)
    region = settings.guardrail_region or settings.bedrock_region
    version = settings.guardrail_version or ""
    try:
        bedrock: Any = session.create_client("bedrock", region_name=region, config=quick)
        held = bedrock.get_guardrail(guardrailIdentifier=settings.guardrail, guardrailVersion=version)
    except (BotoCoreError, ClientError) as error:
        remedy = f"Deploy it in {region} and set guardrail and guardrail_version."
        return Check(name=name, state="failed", found=str(error)[:200], remedy=remedy)
    if held["status"] != "READY" or held["version"] == "DRAFT":
        found = f"{held['name']}, version {held['version']}, is {held['status']}"
        return Check(name=name, state="failed", found=found, remedy="Publish a version, and wait until it is READY.")
    return Check(name=name, state="ok", found=f"{held['name']}, version {held['version']}, in {region}")
