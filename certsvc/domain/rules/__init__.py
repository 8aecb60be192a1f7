"""The rules by theme. Importing this package declares every rule, so that the registry is complete."""

from certsvc.domain.rules import gate as _gate
from certsvc.domain.rules import intake as _intake
from certsvc.domain.rules import intake_person as _intake_person
from certsvc.domain.rules import intake_photo as _intake_photo
from certsvc.domain.rules import receipts as _receipts
from certsvc.domain.rules import unreadable as _unreadable

__all__: list[str] = []
_ = (_gate, _intake, _intake_person, _intake_photo, _receipts, _unreadable)
