// Pages that are only read: announced results, notices, errors.

import { enableLanguageSwitch } from "./language.js";

enableLanguageSwitch();
