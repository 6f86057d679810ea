"""Writing OSCAL: accepted by trestle's models and validators, and by our linter, or not written at all."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from policies.controls.errors import ControlsError
from policies.controls.oscal import FILES, ROOTS, Documents
from policies.controls.oscal_lint import lint


def validate(documents: Documents) -> tuple[str, ...]:
    """What trestle's models and validators find: shapes, formats, duplicates. They let false claims through."""
    from pydantic import ValidationError
    from trestle.core.validator_factory import validator_factory
    from trestle.oscal import assessment_plan, assessment_results, catalog, component, poam, profile

    models = {
        "catalog": catalog.Catalog,
        "profile": profile.Profile,
        "component-definition": component.ComponentDefinition,
        "assessment-plan": assessment_plan.AssessmentPlan,
        "assessment-results": assessment_results.AssessmentResults,
        "poam": poam.PlanOfActionAndMilestones,
    }
    found = []
    for name, document in documents.items():
        try:
            model = models[name].model_validate(document[ROOTS[name]])
        except ValidationError as error:
            first = error.errors()[0]
            found.append(f"{name}: {'.'.join(map(str, first['loc']))}: {first['msg']}")
            continue
        for validator in validator_factory.get_all():
            if not validator.model_is_valid(model, True):
                found.append(f"{name}: {validator.error_msg()}")
    return tuple(found)


def write(documents: Documents, folder: Path, now: datetime) -> tuple[Path, ...]:
    """Write the documents into a folder, which is made if need be; the files.

    Raises:
        ControlsError: a document is not valid (nothing is written), or the folder cannot be written to.
    """
    faults = (*validate(documents), *lint(documents, now))
    if faults:
        raise ControlsError(f"The export is not valid and was not written: {faults[0]} ({len(faults)} faults).")
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in documents.items():
            file = folder / FILES[name]
            file.write_bytes(encode(document))
            written.append(file)
    except OSError as error:
        raise ControlsError(f"The export cannot be written to {folder}: {error.strerror}.") from error
    return tuple(written)


def encode(document: object) -> bytes:
    """JSON for people and programs; the same document gives the same bytes."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
