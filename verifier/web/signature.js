// Ed25519 and SHA-256 by the browser's own WebCrypto.

/** This browser cannot check Ed25519 signatures; `code` says why. */
export class CannotVerify extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** SHA-256 of the bytes. */
export async function sha256(bytes) {
  return new Uint8Array(await subtle().digest("SHA-256", bytes));
}

/**
 * Whether `signature` over `message` is the key's.
 * @throws {CannotVerify} `browser-insecure-context` (no WebCrypto without https), `browser-without-ed25519`.
 */
export async function verifyEd25519(publicKey, signature, message) {
  const key = await importKey(publicKey);
  return key !== null && subtle().verify({ name: "Ed25519" }, key, signature, message);
}

function subtle() {
  const found = globalThis.crypto?.subtle;
  if (!found) throw new CannotVerify("browser-insecure-context");
  return found;
}

async function importKey(publicKey) {
  try {
    return await subtle().importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    // Older browsers answer NotSupportedError (or a SyntaxError/TypeError for the unknown name).
    if (error instanceof CannotVerify) throw error;
    if (error.name === "DataError") return null;
    throw new CannotVerify("browser-without-ed25519");
  }
}
