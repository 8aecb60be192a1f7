// Start page: a pasted text or a typed code goes to the verdict page as its fragment, which stays in the browser.

import { enableLanguageSwitch } from "./language.js";
import { enablePresenting } from "./present.js";
import { enableTyping } from "./typed.js";

enableLanguageSwitch();
enablePresenting(present);
enableTyping(present);

function present(text) {
  location.assign(`/v#${text}`);
}
