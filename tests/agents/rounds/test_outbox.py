"""The outbox in DynamoDB does what the one on disk does."""

from datetime import UTC, datetime

import pytest

from policies.controls.outbox import Alert, OutboxError, SqliteOutbox
from policies.controls.outbox_dynamo import DynamoOutbox

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


def alert(record, control="A.7.5"):
    named = f"l/{record}/{control}"
    stood = {"before": "evidenced", "after": "failing", "source": "aws"}
    return Alert(id=named, control=control, record=record, at=AT.replace(minute=record), **stood)


@pytest.fixture(params=["disk", "aws"])
def outbox(request, tmp_path):
    if request.param == "disk":
        return SqliteOutbox(tmp_path / "outbox.sqlite")
    house = request.getfixturevalue("house")
    return DynamoOutbox(house.clients("dynamodb"), house.settings.state_table)


def test_each_alert_is_in_it_once_and_delivered_once(outbox):
    assert outbox.looked("l", "aws") is None
    assert outbox.put("l", "aws", 8, [alert(7), alert(8)]) == (alert(7), alert(8))
    assert outbox.put("l", "aws", 9, [alert(8), alert(9)]) == (alert(9),)
    assert (outbox.looked("l", "aws"), outbox.looked("l", "sample"), outbox.looked("m", "aws")) == (9, None, None)
    assert outbox.delivered(alert(8).id, AT) and not outbox.delivered(alert(8).id, AT)
    assert not outbox.delivered("l/99/A.1", AT)
    assert [one.record for one in outbox.alerts()] == [7, 8, 9]
    assert [one.record for one in outbox.alerts(waiting=True)] == [7, 9]


def test_a_slower_round_does_not_take_back_how_far_was_looked(outbox):
    outbox.put("l", "aws", 9, [])
    outbox.put("l", "aws", 5, [])
    assert outbox.looked("l", "aws") == 9


def test_a_table_that_is_not_there_is_a_sentence(house):
    with pytest.raises(OutboxError, match="nowhere"):
        DynamoOutbox(house.clients("dynamodb"), "nowhere").alerts()
