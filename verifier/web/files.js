// Files of the public tree over HTTP.

import { joinBytes } from "./cbor.js";
import { reasonOf } from "./no_answer.js";
import { limited } from "./time_limit.js";
import { TreeProblem } from "./tree.js";

const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
const GATEWAY = new Set([502, 503, 504]); // somebody before the server speaks for it

/**
 * A reader of the public tree below `root` (ends with a slash).
 * @param timeout milliseconds that a file may take.
 * @param signal ends all reading before its time.
 * @returns async (path) => Uint8Array, or null when the server has no such file; throws TreeProblem, with `unreachable`
 *   true where no answer of the server came, and `reason` where it gave no file: a key of NO_ANSWERS (no_answer.js).
 */
export function fileReader(root, { timeout = TIMEOUT_MS, signal = null } = {}) {
  return async (path) => {
    const response = await request(new URL(path, root), path, limited(timeout, signal));
    if (response.status === 404) return null;
    if (GATEWAY.has(response.status)) throw unreachable(path, response);
    if (!response.ok) throw Object.assign(new TreeProblem("tree-missing", `${path}: ${response.status}`), { reason: reasonOf(response) });
    return body(response, path);
  };
}

async function request(address, path, signal) {
  const cache = path === "checkpoint" || path === "trust-list.json" ? "no-cache" : "default";
  try {
    return await fetch(address, { cache, signal, credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
  } catch {
    // The platform gives no reason: off line, refused, timed out.
    throw unreachable(path);
  }
}

// What the server announces is its word alone, and says nothing of what a compressed body becomes: every piece is counted.
async function body(response, path) {
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > MAX_BYTES) throw new TreeProblem("tree-inconsistent", path);
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const pieces = [];
  let length = 0;
  for (let read = await next(reader, path); !read.done; read = await next(reader, path)) {
    length += read.value.length;
    if (length > MAX_BYTES) {
      reader.cancel().catch(() => {});
      throw new TreeProblem("tree-inconsistent", path);
    }
    pieces.push(read.value);
  }
  return joinBytes(pieces);
}

async function next(reader, path) {
  try {
    return await reader.read();
  } catch {
    throw unreachable(path);
  }
}

function unreachable(path, response = null) {
  return Object.assign(new TreeProblem("tree-missing", path), { unreachable: true, reason: reasonOf(response) });
}
