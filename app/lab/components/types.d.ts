// What the exercises' scripts hand to each other.

export type Given = number[] | number | string;

/** The last answer to an exercise, as the browser keeps it. */
export interface KeptAnswer { given: Given; tries: number; isRight: boolean; gaveUp: boolean }

/** All answers of one name, the seconds spent on them, and when the last one was given, in milliseconds. */
export interface Sheet { name: string; seconds: number; seen: number; answers: Record<string, KeptAnswer> }

/** The fields of one answer: `read` throws an Error that says what is missing. */
export interface Fields {
  read(): Given;
  fill(given: Given): void;
  mark(wrong: number[]): void;
}

/** What Python answers the exercises; the lessons' parts have two questions more. */
export type ExerciseServer = { [name in "show" | "check" | "solve" | "grade" | "tabulate"]: (request: object) => Promise<string | undefined> };
export type LessonServer = Pick<ExerciseServer, "show" | "check" | "solve"> & { [name in "list" | "read"]: (request: object) => Promise<string | undefined> };

/** How far somebody is in a lesson: the step that was shown last and those that were done, from 0. */
export interface Progress { step: number; done: number[] }
