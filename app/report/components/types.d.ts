// What the report's scripts are given and keep.

import type { SentCard, SentReport } from "../payloads.js";

/** What Python answers, as JSON text; undefined where it could not be reached. */
export type Python = {
  [name in "render" | "exportReport" | "importReport"]: (request: object) => Promise<string | undefined>;
};

/** A card in the browser; Python knows no keys. */
export type KeptCard = SentCard & { key: string };

export type KeptReport = Omit<SentReport, "cards"> & { cards: KeptCard[] };
