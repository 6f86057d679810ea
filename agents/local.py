"""Askers at a terminal: people of the principals file, or, on AWS if the settings say so, whoever AWS says calls.

On this machine an id is a claim and no proof, and every record says so (`assurance: local`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agents.answer import Answer, Question
from agents.settings import load_settings
from policies.access import Principal, UnknownPrincipalError, local_principal
from policies.access.claims import FROM_CLAIMS
from policies.access.identity import Call, Verified
from policies.access.principal import SHIPPED, known_principal
from tools.errors import SettingsError

if TYPE_CHECKING:
    from agents.desk import Desk, Progress
    from agents.settings import Settings

LOCAL = "local"
"""Who asks when nobody is named."""


def answer_as(desk: Desk, question: Question, as_id: str, progress: Progress = lambda event: None) -> Answer:
    """Answer for a person at this terminal; somebody unknown is refused, on record.

    Raises:
        PrincipalsError: the principals file cannot be used.
        NotVerifiedError: AWS was to say who asks, and does not.
        SettingsError: somebody was named, and AWS is to say who asks.
    """
    try:
        principal = asker(load_settings(), as_id, aws=desk.estate.source == "aws")
    except UnknownPrincipalError as error:
        return desk.refuse(question, error.who or as_id, str(error))
    return desk.answer(question, principal, progress)


def asker(settings: Settings, as_id: str, *, aws: bool, sts: Any = None) -> Principal:
    """Who asks at this terminal. `sts` is a client of STS; None makes one from the credentials at hand.

    Raises:
        UnknownPrincipalError: nobody of that id is known.
        PrincipalsError, NotVerifiedError, SettingsError: see `answer_as`.
    """
    file = settings.principals or SHIPPED
    if not aws or settings.identity.cli == "local":
        return local_principal(as_id, file)
    if as_id != LOCAL:
        raise SettingsError("With `identity.cli: iam` the AWS credentials say who asks; leave out `--as`.")
    from policies.access.caller import caller_ids

    found = caller_ids(sts or _sts(settings))
    for known_as in found:
        principal = known_principal(known_as, "iam", file)
        if principal is not None:
            return principal
    said = f"Nobody is known as {found[0]}; ask an administrator to add it to the principals file (`known_as`)."
    raise UnknownPrincipalError(said, found[0])


class LocalUser:
    """Says that whoever calls sits at this machine: for servers that only this machine reaches."""

    def __init__(self, settings: Settings, *, aws: bool) -> None:
        self._settings, self._aws = settings, aws

    def of(self, call: Call) -> Verified:
        """The local user, whatever the call brings. UnknownPrincipalError as for `asker`."""
        return Verified(asker(self._settings, LOCAL, aws=self._aws))


def as_now(settings: Settings, before: Principal) -> Principal:
    """Somebody who asked a while ago, as the principals file has them now: role and scope may have changed since.

    Whom a token's claims described is in no file, and stays what the token said. Everybody else must be in it still.

    Raises:
        UnknownPrincipalError: nobody of that id is known any more.
        PrincipalsError: the principals file cannot be used.
    """
    if before.assurance == "oidc" and before.id.startswith(FROM_CLAIMS):
        return before
    found = local_principal(before.id, settings.principals or SHIPPED)
    return found.model_copy(update={"assurance": before.assurance})


def _sts(settings: Settings) -> Any:
    from tools.sessions import botocore_session

    return botocore_session().create_client("sts", region_name=settings.regions[0])
