// The offer to report a suspected fake, under a verdict that failed; its form is loaded when somebody wants it.

import { part } from "./elements.js";

// What has another reason than a fake: a newer version, another place, a review that is not over.
const HARMLESS = new Set(["superseded", "elsewhere", "where", "suspended"]);

/**
 * Follow the answer on top of the page.
 * @returns {(question: ?Object) => void} says what the answer is about: `{qr}`, `{code}`, `{number}`; null: nothing that could be
 *   attached.
 */
export function enableSuspicion() {
  const section = part("[data-suspicion]");
  if (section === null) return () => {};
  let checked = null;
  let form = null;
  const follow = () => {
    const { verdictWord, mark } = part("[data-answer]").dataset;
    const offered = verdictWord === "failed" && !HARMLESS.has(mark);
    if (section.hidden === !offered) return;
    section.hidden = !offered;
    if (!offered) form?.close();
  };
  new MutationObserver(follow).observe(part("[data-answer]"), { attributes: true, attributeFilter: ["data-verdict-word", "data-mark"] });
  part("[data-suspicion-open]").addEventListener("click", async () => {
    form ??= (await import("./suspicion_form.js")).openableForm(section);
    form.open(checked);
  });
  follow();
  return (question) => {
    if (JSON.stringify(question) === JSON.stringify(checked)) return; // what is being typed belongs to this answer
    checked = question;
    form?.close();
  };
}
