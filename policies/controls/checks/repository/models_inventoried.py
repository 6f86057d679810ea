"""Each model that can be chosen was approved, and its maker assessed."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import repository


@check(
    "models-inventoried",
    says="Every model that the settings can choose is approved, with a supplier that was assessed or a host of our own",
    serves=("A.4.4", "A.4.2", "A.10.3"),
    needs={"models": repository.MODELS},
    reasons={
        "not-approved": "a model can be chosen that was not approved",
        "not-assessed": "a model's supplier or provider was not assessed",
    },
    good={
        "models": [
            Item(name="offline", data={"provider": None, "supplier": None, "host": "local"}),
            Item(
                name="bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
                data={"provider": "Anthropic", "supplier": "Amazon Web Services", "host": "aws"},
            ),
        ]
    },
    mutants=[
        Mutant("approval withdrawn", "not-approved", put("models", "host", "own"), {"models": ["offline"]}),
        Mutant("another maker", "not-assessed", put("models", "provider", "Unheard Of", item=1)),
        Mutant("assessment withdrawn", "not-assessed", put("models", "host", "own"), {"suppliers": ["Anthropic"]}),
    ],
    benign=[Mutant("on our own machine", None, put("models", "host", "own"))],
)
def models_inventoried(look: Look, models: Sequence[Item]) -> None:
    """What runs here and comes from nobody has neither provider nor supplier."""
    for model in models:
        data = look.at(model).data
        if model.name not in look.declared.models:
            look.fail("not-approved", model)
        for party in ("provider", "supplier"):
            if data[party] is not None and data[party] not in look.declared.suppliers:
                look.fail("not-assessed", model, data[party])
