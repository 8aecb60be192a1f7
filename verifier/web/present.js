// The field where the text of a QR code is pasted.

import { withoutPrefix } from "./base43.js";

/** Call `present` with the record's text whenever the page's form is sent; the form itself never goes out. */
export function enablePresenting(present) {
  const form = document.querySelector("[data-present]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const pasted = form.querySelector("textarea").value.replace(/\s+/g, "");
    if (pasted) present(withoutPrefix(pasted));
  });
}
