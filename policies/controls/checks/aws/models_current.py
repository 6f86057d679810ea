"""The models in use are not on their way out, and their makers were assessed."""

from __future__ import annotations

from collections.abc import Sequence

from policies.controls.check import Look, Mutant, check
from policies.controls.evidence import Item
from policies.controls.mutate import put
from policies.controls.needs import aws
from policies.controls.predicates import dig

_MODEL = {
    "modelDetails": {
        "modelId": "anthropic.claude-sonnet",
        "providerName": "Anthropic",
        "modelLifecycle": {"status": "ACTIVE"},
    }
}


@check(
    "models-current",
    says="Every model in use is current, and its provider was assessed",
    serves=("A.10.3",),
    needs={"models": aws.FOUNDATION_MODELS},
    reasons={
        "legacy": "the model is being withdrawn by its provider",
        "provider-not-assessed": "the model's provider is not among the suppliers that were assessed",
    },
    good={"models": [Item(name="anthropic.claude-sonnet", data=_MODEL)]},
    mutants=[
        Mutant("legacy", "legacy", put("models", "modelDetails.modelLifecycle.status", "LEGACY")),
        Mutant("another maker", "provider-not-assessed", put("models", "modelDetails.providerName", "Unheard Of")),
        Mutant(
            "assessment withdrawn",
            "provider-not-assessed",
            put("models", "x", 1),
            {"suppliers": ["Amazon Web Services"]},
        ),
    ],
    benign=[Mutant("another model of theirs", None, put("models", "modelDetails.modelId", "anthropic.claude-haiku"))],
)
def models_current(look: Look, models: Sequence[Item]) -> None:
    """`models`: as `bedrock:GetFoundationModel` describes them."""
    for model in models:
        data = look.at(model).data
        if dig(data, "modelDetails.modelLifecycle.status") != "ACTIVE":
            look.fail("legacy", model)
        if dig(data, "modelDetails.providerName") not in look.declared.suppliers:
            look.fail("provider-not-assessed", model, str(dig(data, "modelDetails.providerName")))
