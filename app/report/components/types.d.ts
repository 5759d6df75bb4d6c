// What the report's scripts are given.

/** What Python answers, as JSON text; undefined where it could not be reached. */
export type Python = {
  [name in "render" | "exportReport" | "importReport"]: (request: object) => Promise<string | undefined>;
};
