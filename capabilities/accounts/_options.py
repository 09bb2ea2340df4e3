"""What is asked of the accounts: keys of the study file, and options of the command."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from ...analytics.accounts import RATE, TAX
from ...core.errors import show
from ...runs.capability import Options

__all__ = ["AccountsOptions"]


class AccountsOptions(Options):
    """Keys of ``[accounts]``, and options of ``spillgraph accounts``."""

    extract: str = Field(
        "", description="Sectors that leave the economy at once: codes, parted by commas."
    )

    value_added_in_trade: bool | None = Field(
        None,
        description="Whether exports are split into whose value added they hold. By default they "
        "are where the study says final use by country.",
    )

    capital_tax: float = Field(
        TAX, ge=0.0, lt=1.0, description="Of rental costs of capital: tax on profits, a share."
    )
    capital_interest: float = Field(
        RATE, gt=-1.0, lt=1.0, description="Of rental costs of capital: interest a year, a share."
    )
    capital_credit: float = Field(
        0.0, ge=0.0, lt=1.0, description="Of rental costs: investment tax credit, share of a price."
    )
    capital_timing: Literal["end", "begin"] = Field(
        "end", description="When in its year a deduction for depreciation counts."
    )
    capital_growth: float = Field(
        0.0,
        gt=-1.0,
        lt=1.0,
        description="Growth of capital stocks a year where capital_flows has none.",
    )

    @field_validator("extract")
    @classmethod
    def _each_once(cls, value: str) -> str:
        codes = [code.strip() for code in value.split(",")]
        if value and "" in codes:
            raise ValueError("a code is blank; name sectors, parted by single commas")
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            raise ValueError(f"sector {show(twice)} is named twice; name it once")
        return value

    @property
    def codes(self) -> list[str]:
        """The sectors to be extracted."""
        return [code.strip() for code in self.extract.split(",") if code.strip()]
