// The viewfinder: from the camera to the text of one certificate. Frames are read in a worker and kept nowhere.

import { CameraRefused, openCamera } from "./camera.js";
import { bothLanguages } from "./language.js";
import { pixelsOf } from "./picture.js";
import { numberIn, recordsAmong } from "./scanned.js";
import { REFUSED, WORDS } from "./scanner_words.js";
import { SymbolReader } from "./symbol_reader.js";

const PAUSE_MS = 125;
const LONGEST_SIDE = 1280;
// Of two certificates in view one is often read first: so many frames more are looked at before one is taken.
const CONFIRMING_FRAMES = 2;
const PATIENCE_MS = 10_000;
const FOREIGN_MS = 3_000;

/**
 * Open the viewfinder over the page.
 * @param choosePicture called, within the click, when a photo is wanted instead; the viewfinder then closes.
 * @returns the scanned text; null when it was closed (by its button, Esc, the browser's back, or leaving the page).
 */
export async function scan(choosePicture) {
  await loadStyles();
  const viewfinder = new Viewfinder(choosePicture);
  try {
    return await viewfinder.run();
  } finally {
    await viewfinder.close();
  }
}

class Viewfinder {
  #parts = build();
  #camera = null;
  #reader = null;
  #finish;
  #finished = new Promise((resolve) => (this.#finish = resolve));
  #ending = new AbortController();
  #open = true;
  #looking = false;
  #steppedBack = false;
  #choosePicture;

  constructor(choosePicture) {
    this.#choosePicture = choosePicture;
  }

  async run() {
    const { dialog, close, other, light, photo, retry } = this.#parts;
    const { signal } = this.#ending;
    const leave = () => this.#finish(null);
    document.body.append(dialog);
    dialog.showModal();
    // One step of history: the back button of a phone closes the viewfinder, not the page.
    history.pushState({ viewfinder: true }, "");
    addEventListener("popstate", () => { this.#steppedBack = true; leave(); }, { signal });
    addEventListener("pagehide", leave, { signal });
    document.addEventListener("visibilitychange", () => document.hidden && leave(), { signal });
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); }, { signal });
    close.addEventListener("click", leave, { signal });
    other.addEventListener("click", () => this.#switchCamera(), { signal });
    light.addEventListener("click", () => this.#switchLight(), { signal });
    photo.addEventListener("click", () => { this.#choosePicture(); leave(); }, { signal });
    retry.addEventListener("click", () => this.#begin(), { signal });
    await this.#begin();
    return this.#finished;
  }

  async #begin() {
    const { dialog, close, retry } = this.#parts;
    dialog.dataset.scannerState = "opening";
    retry.hidden = true;
    close.focus();
    this.#say(WORDS.opening);
    if (!(await this.#start(null)) || this.#looking) return;
    this.#looking = true;
    this.#look()
      .catch(() => this.#refuse(WORDS.failed))
      .finally(() => (this.#looking = false));
  }

  async close() {
    this.#open = false;
    this.#ending.abort();
    this.#camera?.close();
    this.#reader?.close();
    this.#parts.dialog.close();
    this.#parts.dialog.remove();
    if (!this.#steppedBack) await stepBack();
  }

  async #start(deviceId) {
    const { video, other, light, dialog } = this.#parts;
    try {
      const camera = await openCamera(deviceId);
      if (!this.#open) {
        // Closed while the browser was still asking.
        camera.close();
        return false;
      }
      this.#camera = camera;
      camera.track.addEventListener("ended", () => this.#open && this.#refuse(REFUSED.missing));
      video.srcObject = camera.stream;
      await video.play();
      dialog.dataset.scannerState = "looking";
      light.hidden = !camera.hasLight;
      light.setAttribute("aria-pressed", "false");
      other.hidden = (await camera.other()) === null;
      this.#say(WORDS.looking);
      return true;
    } catch (error) {
      if (this.#open) this.#refuse(REFUSED[error instanceof CameraRefused ? error.reason : "unsupported"]);
      return false;
    }
  }

  async #switchCamera() {
    const next = await this.#camera.other();
    if (next === null) return;
    this.#camera.close();
    await this.#start(next);
  }

  async #switchLight() {
    const { light } = this.#parts;
    const on = await this.#camera.setLight(light.getAttribute("aria-pressed") !== "true");
    light.setAttribute("aria-pressed", String(on));
  }

  async #look() {
    this.#reader?.close();
    this.#reader = new SymbolReader();
    const seen = new Map();
    let confirmed = 0;
    let blankSince = performance.now();
    let foreignUntil = 0;
    while (this.#open) {
      await pause(PAUSE_MS);
      if (this.#parts.dialog.dataset.scannerState !== "looking") continue;
      const texts = await this.#readFrame();
      const now = performance.now();
      const records = recordsAmong(texts);
      for (const text of records) seen.set(text, numberIn(text));
      if (texts.length > 0) blankSince = now;
      if (seen.size > 0 && (confirmed += 1) > CONFIRMING_FRAMES) {
        const [[text]] = seen;
        const chosen = seen.size === 1 ? text : await this.#choose(seen);
        if (chosen !== null) return this.#found(chosen);
        seen.clear();
        confirmed = 0;
        blankSince = performance.now();
      } else if (seen.size === 0 && texts.length > 0) {
        foreignUntil = now + FOREIGN_MS;
        this.#say(WORDS.foreign);
      } else if (seen.size === 0 && now > foreignUntil) {
        this.#say(now - blankSince > PATIENCE_MS ? WORDS.patience : WORDS.looking);
      }
    }
    return undefined;
  }

  async #readFrame() {
    const { video } = this.#parts;
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || video.videoWidth === 0) return [];
    try {
      return await this.#reader.read(pixelsOf(video, [0, 0, video.videoWidth, video.videoHeight], LONGEST_SIDE));
    } catch (error) {
      if (!this.#open) return [];
      throw error;
    }
  }

  #found(text) {
    this.#say(WORDS.found);
    this.#finish(text);
  }

  // Resolves with one of the texts, or with null to go on.
  #choose(seen) {
    const { choices } = this.#parts;
    this.#say(WORDS.choose);
    return new Promise((resolve) => {
      const decide = (text) => {
        choices.hidden = true;
        choices.replaceChildren();
        resolve(text);
      };
      const numbered = [...seen].map(([text, number]) => choiceOf(number === null ? WORDS.unreadable : { zh: number, en: number }, () => decide(text)));
      choices.replaceChildren(...numbered, choiceOf(WORDS.again, () => decide(null)));
      choices.hidden = false;
      choices.querySelector("button").focus();
    });
  }

  #refuse(sentence) {
    const { dialog, light, other, retry } = this.#parts;
    this.#camera?.close();
    dialog.dataset.scannerState = "refused";
    light.hidden = true;
    other.hidden = true;
    retry.hidden = false;
    this.#say(sentence);
  }

  // Said once: a sentence that stands there already is not read out again.
  #say(sentence) {
    const { told } = this.#parts;
    if (told.dataset.said === sentence.zh) return;
    told.dataset.said = sentence.zh;
    told.replaceChildren(...bothLanguages(sentence));
  }
}

// Its stylesheet comes with it; without one the viewfinder is plain and works.
function loadStyles() {
  const href = new URL("scanner.css", import.meta.url).href;
  if (document.querySelector(`link[href="${href}"]`)) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(link);
  return new Promise((resolve) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", resolve);
  });
}

function build() {
  const dialog = element("dialog", "viewfinder");
  const title = element("h2", "viewfinder-title", WORDS.title);
  title.id = "viewfinder-title";
  const close = element("button", "viewfinder-close", WORDS.close);
  const head = element("div", "viewfinder-head");
  head.append(title, close);
  const picture = element("div", "viewfinder-picture");
  const video = element("video", "");
  Object.assign(video, { muted: true, playsInline: true });
  video.setAttribute("aria-hidden", "true");
  const frame = element("div", "viewfinder-frame");
  picture.append(video, frame);
  const told = element("p", "viewfinder-told");
  told.setAttribute("role", "status");
  told.dataset.scannerTold = "";
  const choices = element("div", "viewfinder-choices");
  choices.hidden = true;
  const light = element("button", "", WORDS.light);
  const other = element("button", "", WORDS.other);
  const photo = element("button", "", WORDS.photo);
  const retry = element("button", "", WORDS.retry);
  for (const button of [light, other, retry]) button.hidden = true;
  const tools = element("div", "viewfinder-tools");
  tools.append(retry, photo, light, other);
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.dataset.scannerState = "opening";
  dialog.append(head, picture, told, choices, tools);
  return { dialog, close, video, told, choices, light, other, photo, retry };
}

function element(kind, style, words = null) {
  const made = document.createElement(kind);
  if (style) made.className = style;
  if (kind === "button") made.type = "button";
  if (words !== null) made.append(...bothLanguages(words));
  return made;
}

function choiceOf(words, take) {
  const button = element("button", "", words);
  button.addEventListener("click", take);
  return button;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

// Back is asynchronous: what navigates next must come after it.
function stepBack() {
  return new Promise((resolve) => {
    addEventListener("popstate", resolve, { once: true });
    setTimeout(resolve, 500);
    history.back();
  });
}
