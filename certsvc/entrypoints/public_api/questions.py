"""What may be sent: strict models, nothing unknown, every text of a bounded length."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from certverify.errors import ManualCodeError
from certverify.manual_code import LONGEST_TYPED, decode_manual_code
from pydantic import BaseModel, ConfigDict, Field

from certsvc.errors import MistypedCode
from certsvc.stages.verify import HolderClaim

LONGEST_QR_TEXT = 4096
Place = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{6}$",
        description="Six-digit region code of the place where the title is to be used.",
        examples=["222404"],
    ),
]


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class QrQuestion(_Question):
    """Asked with the text of the QR symbol, with or without the link in front of it."""

    qr: str = Field(
        min_length=1,
        max_length=LONGEST_QR_TEXT,
        description="Text of the QR symbol, with or without the link.",
        examples=["https://certsvc.example/v#5H2X0…Z"],
    )


class ManualCodeQuestion(_Question):
    """Asked with the manual code 校验码 beside the QR symbol; case, width, spaces and hyphens do not count."""

    code: str = Field(
        min_length=1,
        max_length=LONGEST_TYPED,
        description="The 15 symbols beside the QR symbol.",
        examples=["DBUQW-ES83H-MV8M8"],
    )

    @property
    def symbols(self) -> str:
        """The 15 symbols. Raises MistypedCode."""
        try:
            return decode_manual_code(self.code)
        except ManualCodeError as error:
            raise MistypedCode(error.group) from error


class HolderQuestion(_Question):
    """Asked with what stands on the certificate: number, name, last four characters of the ID number."""

    number: str = Field(
        min_length=1, max_length=32, description="Certificate number.", examples=["222023052000001R"]
    )
    name: str = Field(
        min_length=1,
        max_length=200,
        description="Holder's name; spaces and separators do not count.",
        examples=["林晓棠"],
    )
    id_last4: str = Field(
        min_length=4,
        max_length=4,
        description="Last four characters of the holder's ID number.",
        examples=["1022"],
    )

    @property
    def claim(self) -> HolderClaim:
        """The question as the stage takes it."""
        return HolderClaim(self.number, self.name, self.id_last4)


class QrVerifyQuestion(QrQuestion):
    """A QR text, and optionally the place of use."""

    place: Place | None = None


class ManualCodeVerifyQuestion(ManualCodeQuestion):
    """A manual code, and optionally the place of use."""

    place: Place | None = None


class HolderVerifyQuestion(HolderQuestion):
    """Number, name and last four characters, and optionally the place of use."""

    place: Place | None = None


On = Annotated[
    date,
    Field(
        strict=False,
        description="The day asked about (Beijing time), not after today.",
        examples=["2024-06-10"],
    ),
]


class QrHistoryQuestion(QrVerifyQuestion):
    """A QR text, the day asked about, and optionally the place of use."""

    on: On


class ManualCodeHistoryQuestion(ManualCodeVerifyQuestion):
    """A manual code, the day asked about, and optionally the place of use."""

    on: On


class HolderHistoryQuestion(HolderVerifyQuestion):
    """Number, name and last four characters, the day asked about, and optionally the place of use."""

    on: On


HistoryQuestion = QrHistoryQuestion | ManualCodeHistoryQuestion | HolderHistoryQuestion
VerifyQuestion = QrVerifyQuestion | ManualCodeVerifyQuestion | HolderVerifyQuestion
BundleQuestion = QrQuestion | HolderQuestion
ProofQuestion = BundleQuestion | ManualCodeQuestion
