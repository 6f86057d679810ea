"""All stacks of one environment, with what each takes from another. Nothing here is looked up: synthesis is offline."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from aws_cdk import App, DefaultStackSynthesizer, Tags, Validations
from aws_cdk import Environment as CdkEnvironment
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from infra.checks.plugin import RegentChecks
from infra.config import Environment
from infra.constructs.house import Guarding
from infra.stacks.account import AccountStack
from infra.stacks.agent import AgentStack
from infra.stacks.audit import AuditStack
from infra.stacks.channels import ChannelsStack
from infra.stacks.gateway import GatewayStack
from infra.stacks.guardrails import GuardrailsStack
from infra.stacks.member import MemberStack
from infra.stacks.members import MembersStack
from infra.stacks.network import NetworkStack
from infra.stacks.oversight import OversightStack
from policies.controls.declared import SHIPPED, load_declared

CDK_JSON = Path(__file__).parents[2] / "cdk.json"


def synthesize(environment: Environment, out: Path) -> None:
    """Write the assembly of `environment` into `out`, and check it.

    Raises:
        RefusedError: the checks found something; what, is printed, and stands in the assembly's validation report.
    """
    app = new_app(out)
    build(app, environment)
    declared = load_declared(Path(os.environ.get("REGENT_DECLARED", SHIPPED)))
    if environment.leaving:
        sys.stderr.write(f"infra.app: {environment.says_leaving({*declared.regions, *declared.inference_regions})}\n")
    checks = RegentChecks((AwsSolutionsChecks(app), NIST80053R5Checks(app)), declared)
    Validations.of(app).add_plugins(checks)
    checks.synth(app)


def new_app(out: Path) -> App:
    """An app that writes into `out`, with the context of cdk.json: the same assembly, whoever synthesizes."""
    context = json.loads(CDK_JSON.read_text(encoding="utf-8"))["context"]
    # CloudFormation's own validation costs 4 s a synth; our checks have the same schemas, and more
    return App(outdir=str(out), context=context, builtin_cloud_formation_validation=False)


def build(app: App, environment: Environment) -> None:
    """Add every stack to `app`."""
    home = CdkEnvironment(account=environment.account, region=environment.region)
    archive = CdkEnvironment(account=environment.log_archive_account or environment.account, region=environment.region)
    readers = reader_arns(environment)
    name = environment.prefix
    audit = AuditStack(app, f"{name}Audit", environment, env=archive, **_common(environment))
    AccountStack(app, f"{name}Account", environment, env=home, **_common(environment))
    guardrails = GuardrailsStack(app, f"{name}Guardrails", environment, env=home, **_common(environment))
    oversight = OversightStack(
        app,
        f"{name}Oversight",
        environment,
        audit.evidence,
        Guarding(guardrails.guardrail_arn, guardrails.guardrail_version, guardrails.profile),
        env=home,
        **_common(environment),
    )
    network = None
    if environment.network.vpc:
        network = NetworkStack(app, f"{name}Network", environment, env=home, **_common(environment))
    agent = AgentStack(app, f"{name}Agent", environment, oversight.house, network, env=home, **_common(environment))
    if environment.channels:
        ChannelsStack(
            app, f"{name}Channels", environment, oversight, agent.workers_arn, agent.people_arn, env=home,
            **_common(environment),
        )  # fmt: skip
    GatewayStack(app, f"{name}Gateway", environment, oversight.house, env=home, **_common(environment))
    payer = CdkEnvironment(account=environment.payer_account, region=environment.region)
    MemberStack(app, f"{name}Payer", environment, "payer", readers, env=payer, **_common(environment))
    if environment.payer_account != environment.account:
        MemberStack(app, f"{name}Member", environment, "member", readers, env=home, **_common(environment))
    if environment.stack_set:
        manager = home if environment.stack_set.delegated else payer
        MembersStack(
            app, f"{name}Members", environment, environment.stack_set, readers, env=manager, **_common(environment)
        )
    Tags.of(app).add("regent:environment", environment.name)


def runtime_role_arn(environment: Environment) -> str:
    """The execution role of the runtime, by its fixed name: member accounts name it before it exists."""
    return f"arn:aws:iam::{environment.account}:role/{environment.prefix}Runtime"


def reader_arns(environment: Environment) -> list[str]:
    """Who takes on the reader roles: the runtime, the Gateway's queries, and the watch, by their fixed names."""
    start = f"arn:aws:iam::{environment.account}:role/{environment.prefix}"
    return [runtime_role_arn(environment), f"{start}Queries", f"{start}Watch"]


def _common(environment: Environment) -> dict[str, object]:
    return {
        "termination_protection": True,
        "synthesizer": DefaultStackSynthesizer(qualifier="hnb659fds"),
        "description": f"Regent, environment {environment.name}",
    }
