// The search for a nonce (docs/formats/proof-of-work.md): one block of SHA-256 for each, in slices that can be broken off.

import { digestOneBlock } from "./sha256.js";

const LONGEST = 55; // bytes that fit into one block with its padding
const ZERO = 48;
const HARDEST = 32;

/** Tries nonces for a challenge, from 0 on. */
export class NonceSearch {
  #block = new Uint8Array(64);
  #view = new DataView(this.#block.buffer);
  #words = new Int32Array(16);
  #state = new Int32Array(8);
  #from;
  #digits = 1;
  #difficulty;
  #salt;

  /** Throws RangeError for a challenge that is none. */
  constructor({ salt, difficulty }) {
    const text = new TextEncoder().encode(`${salt}:`);
    if (!/^[0-9A-Za-z_-]{40}$/.test(salt) || !Number.isInteger(difficulty) || difficulty < 0 || difficulty > HARDEST) {
      throw new RangeError("not a challenge");
    }
    this.#salt = salt;
    this.#difficulty = difficulty;
    this.#from = text.length;
    this.#block.set(text);
    this.#block[this.#from] = ZERO;
    this.#pad();
    for (let index = 0; index < 16; index += 1) this.#words[index] = this.#view.getInt32(index * 4);
  }

  /** Try so many nonces; the answer `<salt>:<nonce>`, or null when none of them was good. */
  run(count) {
    for (let tried = 0; tried < count; tried += 1) {
      for (let index = this.#from >> 2; index < 16; index += 1) this.#words[index] = this.#view.getInt32(index * 4);
      digestOneBlock(this.#words, this.#state);
      if (Math.clz32(this.#state[0]) >= this.#difficulty) return `${this.#salt}:${this.#nonce()}`;
      this.#next();
    }
    return null;
  }

  #nonce() {
    return String.fromCharCode(...this.#block.subarray(this.#from, this.#from + this.#digits));
  }

  #next() {
    for (let at = this.#from + this.#digits - 1; at >= this.#from; at -= 1) {
      if (this.#block[at] < ZERO + 9) {
        this.#block[at] += 1;
        return;
      }
      this.#block[at] = ZERO;
    }
    this.#digits += 1;
    this.#block[this.#from] = ZERO + 1;
    this.#block.fill(ZERO, this.#from + 1, this.#from + this.#digits);
    this.#pad();
  }

  #pad() {
    const length = this.#from + this.#digits;
    if (length > LONGEST) throw new RangeError("no nonce left");
    this.#block[length] = 0x80;
    this.#view.setUint32(60, length * 8);
  }
}
