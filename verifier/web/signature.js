// Ed25519 and SHA-256 by the browser's own WebCrypto.

const UNSUPPORTED = Symbol("no Ed25519");

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
 * Whether `signature` over `message` is the key's: by the browser, or by a script where the browser knows no Ed25519.
 * @throws {CannotVerify} `browser-insecure-context` (no WebCrypto without https), `browser-without-ed25519` (and the
 *   script that would stand in did not load, or does not run here).
 */
export async function verifyEd25519(publicKey, signature, message) {
  const key = await importKey(publicKey);
  if (key === UNSUPPORTED) return (await fallback())(publicKey, signature, message);
  return key !== null && subtle().verify({ name: "Ed25519" }, key, signature, message);
}

// What is loaded stays; what failed to load is tried again with the next signature.
async function fallback() {
  try {
    return (await import("./ed25519_fallback.js")).verifyEd25519ByScript;
  } catch {
    throw new CannotVerify("browser-without-ed25519");
  }
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
    return UNSUPPORTED;
  }
}
