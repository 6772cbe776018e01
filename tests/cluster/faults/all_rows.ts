/** Every fault, of all files of them. */
import { type FaultRow, ROWS } from "./rows.ts";

export const ALL_ROWS: readonly FaultRow[] = [...ROWS];
