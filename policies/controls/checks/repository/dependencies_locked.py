"""What is installed is what was locked, by hash."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository

_PACKAGE = {"locked": "1.44.5", "installed": "1.44.5", "hashes": 2, "applies": True}


@check(
    "dependencies-locked",
    says="Every installed package is locked by hash, in the version that is installed",
    serves=("A.4.4", "8.1"),
    needs={"packages": repository.DEPENDENCIES},
    reasons={
        "no-hash": "a locked package has no hash, so that anything by its name would be installed",
        "not-locked": "a package is installed that is not locked",
        "another-version": "another version is installed than was locked",
        "not-installed": "a package that is locked for this machine is not installed",
    },
    good={
        "packages": [
            Item(name="botocore", data=_PACKAGE),
            Item(name="pywin32", data={**_PACKAGE, "installed": None, "applies": False}),
        ]
    },
    mutants=[
        Mutant("no hash", "no-hash", put("packages", "hashes", 0, item=1)),
        Mutant("by hand", "not-locked", put("packages", "locked", None)),
        Mutant("upgraded", "another-version", put("packages", "installed", "1.44.6")),
        Mutant("removed", "not-installed", put("packages", "installed", None)),
    ],
    benign=[Mutant("more hashes", None, put("packages", "hashes", 12))],
)
def dependencies_locked(look: Look, packages: Sequence[Item]) -> None:
    """`applies` says whether the lock's markers hold on this machine."""
    for package in packages:
        data = look.at(package).data
        if data["locked"] is None:
            look.fail("not-locked", package, f"{data['installed']} is installed")
            continue
        if not data["hashes"]:
            look.fail("no-hash", package)
        if data["installed"] is None:
            if data["applies"]:
                look.fail("not-installed", package)
        elif data["installed"] != data["locked"]:
            look.fail("another-version", package, f"{data['installed']}, locked {data['locked']}")
