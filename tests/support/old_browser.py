"""What older web views lack, taken away before the scripts of a page run."""

from __future__ import annotations

WITHOUT_ED25519 = """
    const importKey = SubtleCrypto.prototype.importKey;
    SubtleCrypto.prototype.importKey = function (form, key, algorithm, ...rest) {
        if ((algorithm.name ?? algorithm) === "Ed25519") {
            return Promise.reject(new DOMException("Algorithm: Unrecognized name", "NotSupportedError"));
        }
        return importKey.call(this, form, key, algorithm, ...rest);
    };
"""
"""As web views of before Chromium 137 and Safari 17 answer."""
WITHOUT_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });"
"""As every browser does for a page that was opened over plain http."""
