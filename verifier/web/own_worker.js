// Workers of this page's own origin, under Trusted Types: the one place where a script address is made.

const NAME = "certsvc-own-worker";

const policy = globalThis.trustedTypes?.createPolicy(NAME, { createScriptURL: ownAddress });

/**
 * Start a module of this folder as a worker.
 * @param file its name, such as `symbol_worker.js`.
 * @throws {TypeError} for an address of another origin.
 */
export function startWorker(file) {
  return new Worker(ownScript(new URL(file, import.meta.url).href), { type: "module" });
}

/** The address of a script of this origin, in the form that workers and service workers take. */
export function ownScript(address) {
  return policy ? policy.createScriptURL(address) : ownAddress(address);
}

function ownAddress(address) {
  if (new URL(address, location.href).origin !== location.origin) throw new TypeError("a script of another origin");
  return address;
}
