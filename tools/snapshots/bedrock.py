"""Snapshots of Bedrock: what providers may keep, guardrails, inference profiles and the models behind them."""

from __future__ import annotations

from collections.abc import Sequence

from tools.calls import Place
from tools.errors import AwsCallError
from tools.snapshots.base import Seen, Survey, snapshot


@snapshot("account-data-retention", operations=("bedrock:GetAccountDataRetention",))
def account_data_retention(survey: Survey) -> None:
    """Whether model providers may keep what is sent, by account and region."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        found = survey.get(place, "bedrock:GetAccountDataRetention")
        return [survey.seen(place.region, {"mode": found.get("mode")}, place)], 0

    survey.everywhere(ask)
    survey.population = len(survey.places)


@snapshot("guardrails", operations=("bedrock:ListGuardrails", "bedrock:GetGuardrail"))
def guardrails(survey: Survey) -> None:
    """Each version of each guardrail that our settings name."""
    named = [tuple(text.partition(":")[::2]) for text in survey.where.guardrails]

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        seen, counted = [], 0
        for guardrail, version in named:
            given = {"guardrailIdentifier": guardrail}
            listed = survey.list(place, "bedrock:ListGuardrails", "guardrails", **given)
            counted += sum(1 for one in listed if one["version"] == version)
            found = survey.get(place, "bedrock:GetGuardrail", **given, guardrailVersion=version)
            seen.append(survey.seen(f"{found['guardrailId']}:{found['version']}", found, place))
        return seen, counted

    if named:
        survey.everywhere(ask, survey.places[:1])


@snapshot("inference-profiles", operations=("bedrock:GetInferenceProfile", "bedrock:ListInferenceProfiles"))
def inference_profiles(survey: Survey) -> None:
    """Each inference profile that is among our configured models."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        listed = survey.list(place, "bedrock:ListInferenceProfiles", "inferenceProfileSummaries")
        ids = {one["inferenceProfileId"] for one in listed}
        seen = []
        for model in survey.where.models:
            if "." in model and model in ids:
                found = survey.get(place, "bedrock:GetInferenceProfile", inferenceProfileIdentifier=model)
                seen.append(survey.seen(found["inferenceProfileId"], found, place))
        return seen, sum(1 for model in survey.where.models if model in ids)

    if survey.where.models:
        survey.everywhere(ask, survey.places[:1])


@snapshot("foundation-models", operations=("bedrock:GetFoundationModel", "bedrock:GetInferenceProfile"))
def foundation_models(survey: Survey) -> None:
    """Each foundation model behind our configured models and their profiles."""

    def ask(place: Place) -> tuple[Sequence[Seen], int]:
        ids = sorted({one for model in survey.where.models for one in _behind(survey, place, model)})
        found = [survey.get(place, "bedrock:GetFoundationModel", modelIdentifier=one) for one in ids]
        return [survey.seen(one["modelDetails"]["modelId"], one, place) for one in found], len(ids)

    if survey.where.models:
        survey.everywhere(ask, survey.places[:1])


def _behind(survey: Survey, place: Place, model: str) -> list[str]:
    """The model ids in the ARNs of a profile, or the model itself where it is none."""
    try:
        found = survey.get(place, "bedrock:GetInferenceProfile", inferenceProfileIdentifier=model)
    except AwsCallError as error:
        if error.code in ("ResourceNotFoundException", "ValidationException"):
            return [model]
        raise
    return [one["modelArn"].rpartition("/")[2] for one in found["models"]]
