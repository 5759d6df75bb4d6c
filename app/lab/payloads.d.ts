// What Python sends to the exercises' script, as JSON. A text is HTML of our own, rendered in Python. Written by `uv run python -m tests.payload_types`.

/**
 * An exercise as it is put to one person.
 *
 * `rows` and `columns` are those of the numbers to fill in, 1 and 1 for one number; `options` are the texts
 * of a choice, in order; `unit` stands behind the field.
 */
export interface ExerciseView {
  key: string;
  title: string;
  text: string;
  kind: "numbers" | "choice" | "code";
  rows: number;
  columns: number;
  is_vector: boolean;
  unit: string;
  options: string[];
}

/**
 * The exercises of one section, in order, and the name that draws their numbers, as it was sent.
 */
export interface ExercisesView {
  name: string;
  exercises: ExerciseView[];
}

/**
 * What is said to an answer; `wrong` are the places of wrong numbers, row by row from 0.
 */
export interface VerdictView {
  is_right: boolean;
  reply: string;
  wrong: number[];
}

/**
 * How an exercise is solved; `code` is PyTorch that computes the answer, or empty.
 */
export interface SolutionView {
  text: string;
  code: string;
}

/**
 * A step of a lesson (see `app.lab.lessons.reader.Step`); `condition` are its words.
 */
export interface StepView {
  title: string;
  text: string;
  tab: string;
  settings: string;
  section: string;
  exercise: string;
  condition: string[];
}

/**
 * A lesson with all its steps.
 */
export interface LessonView {
  key: string;
  title: string;
  steps: StepView[];
}

/**
 * A lesson in the list of all.
 */
export interface LessonEntry {
  key: string;
  title: string;
  about: string;
  num_steps: number;
}

/**
 * The list of all lessons, in their order.
 */
export interface LessonsView {
  lessons: LessonEntry[];
}

/**
 * Answer sheets that were checked: a row each, and a sentence for each that cannot be read.
 */
export interface GradesView {
  columns: string[];
  rows: ((string | number)[])[];
  mistakes: string[];
}

/**
 * A table for a spreadsheet, as a file's text.
 */
export interface GradeTableView {
  text: string;
}
