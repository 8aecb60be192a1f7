// The one field for whatever stands on a certificate, and the two that belong to a number. Nothing goes out before it has
// been looked at here, and nothing that is typed ever enters an address but the text of a QR symbol and a code, as fragment.

import { bothLanguages } from "./language.js";
import { lastFourIn } from "./last_four.js";
import { ManualCodeRefused, decodeManualCode, grouped } from "./manual_code.js";
import { regrouped, shapeOf } from "./shapes.js";

const HOLDER_FIELDS = ["name", "last4"];

/**
 * Make the form answer.
 * @param words of words.json: what is said of a text by its shape, and what is wrong with it, below `asking`.
 * @param take by shape what is called with the text: `record` and `code` (grouped), `share`, `report`; `number` with
 *   `{number, name, id_last4}`. A shape without a taker is said not to be answered here.
 */
export function enableAsking(words, take) {
  const form = document.querySelector("[data-typed]");
  if (form === null) return;
  const asking = { form, field: part(form, "typed-field"), words: words.asking, take, unfolded: false };
  asking.field.addEventListener("input", () => watch(asking));
  part(form, "unfold")?.addEventListener("click", () => unfoldByHand(asking));
  for (const name of HOLDER_FIELDS) {
    part(form, name)?.addEventListener("input", () => complain(asking, name, null));
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(asking);
  });
  if (asking.field.value !== "") watch(asking); // typed before this module was there
}

/** Put a text into the field, for whoever has to correct it. */
export function setTyped(text) {
  const form = document.querySelector("[data-typed]");
  if (form !== null) part(form, "typed-field").value = text;
}

function watch(asking) {
  complain(asking, "typed", null);
  regroup(asking.field);
  const { kind } = shapeOf(asking.field.value);
  // Once unfolded it stays: whoever corrects a number must not lose the name typed below it.
  if (kind === "number") unfold(asking);
  tell(asking, asking.unfolded && kind !== "record" ? "number" : kind);
}

function unfoldByHand(asking) {
  unfold(asking);
  const first = asking.field.value === "" ? asking.field : part(asking.form, "name");
  first.focus();
}

function unfold(asking) {
  const fields = part(asking.form, "holder");
  if (fields === null) return;
  asking.unfolded = true;
  fields.hidden = false;
  part(asking.form, "unfold").hidden = true;
}

// Only at the end of the field: whoever corrects in the middle keeps the place.
function regroup(field) {
  if (field.selectionStart === field.value.length) field.value = regrouped(field.value);
}

function tell({ form, words }, kind) {
  part(form, "shape").replaceChildren(...bothLanguages(words.shapes[kind] ?? words.shapes.nothing));
}

function send(asking) {
  const shape = shapeOf(asking.field.value);
  const kind = asking.unfolded && ["code", "share", "unknown"].includes(shape.kind) && !isWhole(shape) ? "number" : shape.kind;
  if (kind === "number") sendNumber(asking, shape.value);
  else if (kind === "code") sendCode(asking, shape.value);
  else if (asking.take[kind]) asking.take[kind](shape.value);
  else complain(asking, "typed", asking.words.refused[kind] ?? asking.words.refused.elsewhere);
}

// A whole code is meant as one even where the fields of a number are open.
function isWhole({ kind, value }) {
  return kind === "share" || (kind === "code" && refusalOf(value) === null);
}

function sendCode(asking, typed) {
  const refusal = refusalOf(typed);
  if (!asking.take.code) complain(asking, "typed", asking.words.refused.elsewhere);
  else if (refusal === null) asking.take.code(grouped(decodeManualCode(typed)));
  else complain(asking, "typed", asking.words.refused[refusal.group === null ? "code" : `group-${refusal.group}`]);
}

function refusalOf(typed) {
  try {
    decodeManualCode(typed);
    return null;
  } catch (error) {
    if (error instanceof ManualCodeRefused) return error;
    throw error;
  }
}

function sendNumber(asking, number) {
  if (!asking.take.number) {
    complain(asking, "typed", asking.words.refused.elsewhere);
    return;
  }
  const unfoldedBefore = asking.unfolded;
  unfold(asking);
  const name = part(asking.form, "name").value.trim();
  const last4 = lastFourIn(part(asking.form, "last4").value);
  const missing = [["name", name !== ""], ["last4", last4 !== null]].filter(([, given]) => !given).map(([field]) => field);
  // Unfolding is itself the hint: only who left out a field that was there before has made a slip.
  for (const field of unfoldedBefore ? missing : []) complain(asking, field, asking.words.refused[field]);
  if (missing.length > 0) part(asking.form, missing[0]).focus();
  else asking.take.number({ number, name, id_last4: last4 });
}

function complain({ form, field }, name, texts) {
  const input = name === "typed" ? field : part(form, name);
  const complaint = part(form, `${name}-complaint`);
  input.setAttribute("aria-invalid", String(texts !== null));
  complaint.hidden = texts === null;
  complaint.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
  if (texts !== null && name === "typed") field.focus();
}

function part(form, name) {
  return form.querySelector(`[data-${name}]`);
}
