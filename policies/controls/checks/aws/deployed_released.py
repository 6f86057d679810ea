"""What runs is what was released: its artefact's digest stands in an approved release."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put, without
from policies.controls.needs import aws, ledger
from policies.controls.predicates import artefact

_SHA = "4f" * 32
_CODE = {"agentRuntimeArtifact": {"codeConfiguration": {"code": {"s3": {"bucket": "assets", "prefix": f"{_SHA}.zip"}}}}}
_PREFIX = "agentRuntimeArtifact.codeConfiguration.code.s3.prefix"
_RELEASE = {"version": "0.4.0", "approver": "p2", "approved": "2026-10-01T09:00:00Z", "artefacts": [_SHA]}


@check(
    "deployed-released",
    says="Every runtime runs an artefact of an approved release",
    serves=("A.6.2.5", "8.1", "A.4.5"),
    needs={"runtimes": aws.RUNTIMES, "releases": ledger.RELEASES},
    reasons={
        "no-digest": "the runtime's artefact is named by a tag or a path, so that what runs can change unseen",
        "not-released": "what runs is in no release",
        "not-approved": "what runs is in a release that nobody approved",
    },
    good={
        "runtimes": [Item(name="regent_people", data=_CODE)],
        "releases": [
            Item(name="0.4.0", data=_RELEASE),
            Item(name="0.3.0", data={**_RELEASE, "artefacts": ["aa" * 32]}),
        ],
    },
    mutants=[
        Mutant("made in the console", "not-released", put("runtimes", _PREFIX, f"{'ee' * 32}.zip")),
        Mutant("no such release", "not-released", without("releases")),
        Mutant(
            "latest",
            "no-digest",
            put(
                "runtimes",
                "agentRuntimeArtifact",
                {"containerConfiguration": {"containerUri": "1.dkr.ecr.eu-west-1.amazonaws.com/regent:latest"}},
            ),
        ),
        Mutant("a path", "no-digest", put("runtimes", _PREFIX, "regent/package.zip")),
        Mutant("not approved", "not-approved", put("releases", "approved", None)),
    ],
    benign=[
        Mutant(
            "the same artefact in a container",
            None,
            put(
                "runtimes",
                "agentRuntimeArtifact",
                {"containerConfiguration": {"containerUri": f"1.dkr.ecr.eu-west-1.amazonaws.com/regent@sha256:{_SHA}"}},
            ),
        )
    ],
)
def deployed_released(look: Look, runtimes: Sequence[Item], releases: Sequence[Item]) -> None:
    """Compares digests: of a container by its URI, of a code package by the name of its object."""
    for runtime in runtimes:
        digest = artefact(look.at(runtime).data)
        named = [release for release in releases if digest in release.data["artefacts"]]
        if digest is None:
            look.fail("no-digest", runtime)
        elif not named:
            look.fail("not-released", runtime, digest[:12])
        elif not any(release.data.get("approved") for release in named):
            look.fail("not-approved", runtime, ", ".join(release.name for release in named))
    look.rest(releases)
