"""Which signature algorithms a token may carry (RFC 7518, RFC 8037, RFC 9864): public-key ones that are named, no others."""

from __future__ import annotations

from joserfc.errors import UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry


class NamedAlgorithms(JWSRegistry):
    """Exactly the algorithms given. `EdDSA`, the older name of Ed25519 that most programs still write, is no fault."""

    def __init__(self, *names: str) -> None:
        super().__init__(algorithms=names)
        self._names = frozenset(names)

    def get_alg(self, name: str) -> JWSAlgModel:
        """The algorithm of a name. Raises UnsupportedAlgorithmError for one that was not given."""
        if name not in self._names:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]
