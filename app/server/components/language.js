// The page is written in English. Gradio would follow the browser: say that the page is French, and write its own few
// words in French between ours.

export function speakEnglish() {
  Object.defineProperty(navigator, "language", { configurable: true, get: () => "en" });
}
