"""Prices: what model tokens and billed AWS requests cost, from one table with its date."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import SettingsError

SHIPPED = Path(__file__).with_name("prices.yaml")
_MILLION = 1_000_000
_PAGES = 5
"""Requests that one query is taken to need of each billed operation, before it is known."""


class TokenPrice(BaseModel):
    """USD per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    input: Decimal = Field(ge=0)
    output: Decimal = Field(ge=0)


class Prices(BaseModel):
    """The price table. Amounts are USD."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    as_of: str = Field(pattern=r"^\d{4}-\d{2}$")
    models: dict[str, TokenPrice] = Field(min_length=1)
    requests: dict[str, Decimal]

    def model(self, name: str) -> TokenPrice:
        """The price of a model as answers name it; one that is not listed costs what the dearest does."""
        for pattern, price in self.models.items():
            if fnmatchcase(name, pattern):
                return price
        return max(self.models.values(), key=lambda price: (price.output, price.input))

    def tokens(self, model: str, given: int, written: int) -> Decimal:
        """What so many tokens in and out cost."""
        price = self.model(model)
        return (price.input * given + price.output * written) / _MILLION

    def asked(self, operations: Iterable[str]) -> Decimal:
        """What these requests (`service:Operation`, one each) cost."""
        return sum((self._request(operation) for operation in operations), Decimal())

    def expected(self, operations: Iterable[str]) -> Decimal:
        """What a query that may call these operations is taken to cost before it has run."""
        return self.asked(operations) * _PAGES

    def _request(self, operation: str) -> Decimal:
        return self.requests.get(operation, self.requests.get(operation.partition(":")[0], Decimal()))


@cache
def read_prices(file: Path = SHIPPED) -> Prices:
    """The table in `file`. SettingsError when it cannot be used: without prices there is no budget."""
    import yaml

    from tools.unique import read_unique

    try:
        plain: Any = read_unique(file)
        return Prices.model_validate({**plain, "as_of": str(plain["as_of"])})
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise SettingsError(f"The price table {file.name} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "top level"
        raise SettingsError(f"The price table {file.name} is wrong at {where}: {first['msg']}.") from error
