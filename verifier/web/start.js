// Start page: a pasted text goes to the verdict page as its fragment, which stays in the browser.

import { enableLanguageSwitch } from "./language.js";
import { enablePresenting } from "./present.js";

enableLanguageSwitch();
enablePresenting((record) => {
  location.assign(`/v#${record}`);
});
