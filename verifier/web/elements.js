// Elements of the pages that hold texts in both languages. Text only ever enters a page as text, never as markup.

import { bothLanguages } from "./language.js";

/** The element of the page. */
export function part(selector) {
  return document.querySelector(selector);
}

/** Put a text into an element; without one it is hidden. */
export function fill(selector, texts) {
  const element = part(selector);
  element.hidden = !texts || !texts.zh;
  element.replaceChildren(...(element.hidden ? [] : bothLanguages(texts)));
}

/** A text that is the same in both languages. */
export function same(text) {
  return { zh: text, en: text };
}

/** A row of a list of fields: label and value as `{zh, en}`. */
export function field([label, value, style]) {
  const row = document.createElement("div");
  row.append(element("dt", label), element("dd", value, style));
  return row;
}

/** An item of a list. */
export function listItem(texts) {
  return element("li", texts);
}

/** A cell of a table; null leaves it empty. */
export function cell(kind, texts, style = "") {
  return element(kind, texts, style);
}

function element(kind, texts, style = "") {
  const made = document.createElement(kind);
  if (style) made.className = style;
  if (texts) made.append(...bothLanguages(texts));
  return made;
}
