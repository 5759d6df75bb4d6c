// What runs before Gradio's scripts: it stands in for storage and a clipboard that the browser forbids, says that the page
// is English, gives Gradio's lists and radios the keys that they lack, prepares the page for paper, and leaves out what
// neither the page's address nor the browser's memory asks for.

import { allowCopying } from "./clipboard.js";
import { completeFieldKeys } from "./fields.js";
import { skipIdleLoads } from "./idle_loads.js";
import { speakEnglish } from "./language.js";
import { preparePaper } from "./paper.js";
import { allowStorage } from "./storage.js";

allowStorage();
speakEnglish();
allowCopying();
completeFieldKeys();
preparePaper();
skipIdleLoads(
  /** @type {any} */ (window).gradio_config?.dependencies ?? [],
  location.search,
  (key) => localStorage.getItem(key) !== null,
);
