/** Every fault, of all files of them. */
import { type FaultRow, ROWS } from "./rows.ts";
import { INPUT_ROWS } from "./rows_inputs.ts";
import { SERVER_ROWS } from "./rows_server.ts";

export const ALL_ROWS: readonly FaultRow[] = [...ROWS, ...SERVER_ROWS, ...INPUT_ROWS];
