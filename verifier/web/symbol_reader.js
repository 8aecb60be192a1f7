// The page's end of the worker that reads QR symbols.

import { startWorker } from "./own_worker.js";

/** The reader did not load, or broke. */
export class ReaderFailed extends Error {}

const NOBODY = { resolve: () => {}, reject: () => {} };

/** One worker; reads one picture after the other. */
export class SymbolReader {
  #worker = startWorker("symbol_worker.js");
  #waiting = new Map();
  #number = 0;
  #broken = null; // why nothing can be read any more: a worker tells it once, perhaps before anything was asked

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => this.#answer(data));
    this.#worker.addEventListener("error", () => this.#breakOff("the worker did not start"));
    this.#worker.addEventListener("messageerror", () => this.#breakOff("the worker was not understood"));
  }

  /**
   * The different texts of the QR symbols in a picture.
   * @param picture ImageData; its pixels are handed over and gone afterwards.
   * @param thorough for pictures that nobody can hold again: slower, and reads inverted and grainy symbols too.
   * @throws {ReaderFailed}
   */
  read({ data, width, height }, thorough = false) {
    const id = (this.#number += 1);
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) {
        reject(new ReaderFailed(this.#broken));
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, pixels: data.buffer, width, height, thorough }, [data.buffer]);
    });
  }

  /** Stop; what is still being read is refused. */
  close() {
    this.#worker.terminate();
    this.#breakOff("closed");
  }

  #answer({ id, texts, failed }) {
    const { resolve, reject } = this.#waiting.get(id) ?? NOBODY;
    this.#waiting.delete(id);
    if (failed === undefined) resolve(texts);
    else reject(new ReaderFailed(failed));
  }

  #breakOff(reason) {
    this.#broken ??= reason;
    for (const { reject } of this.#waiting.values()) reject(new ReaderFailed(reason));
    this.#waiting.clear();
  }
}
