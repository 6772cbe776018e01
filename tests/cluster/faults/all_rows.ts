/** Every fault, of all files of them. */
import { type FaultRow, type ReplicaRow, ROWS } from "./rows.ts";
import { DISK_ROW, FOLDER_ROW } from "./rows_disk.ts";
import { INPUT_ROWS } from "./rows_inputs.ts";
import { LEADER_ROWS } from "./rows_leader.ts";
import { LOAD_ROWS } from "./rows_load.ts";
import { MANY_ROWS } from "./rows_many.ts";
import { OUTPUT_ROWS } from "./rows_outputs.ts";
import { PROCESS_ROWS } from "./rows_process.ts";
import { PROGRAM_ROWS } from "./rows_programs.ts";
import { RIGHTS_ROWS } from "./rows_rights.ts";
import { SERVER_ROWS } from "./rows_server.ts";

/** Those that inject one fault into one program. */
export const RIG_ROWS: readonly FaultRow[] = [
  ...ROWS,
  ...RIGHTS_ROWS,
  ...SERVER_ROWS,
  ...INPUT_ROWS,
  ...OUTPUT_ROWS,
  ...MANY_ROWS,
  ...PROCESS_ROWS,
  DISK_ROW,
  ...PROGRAM_ROWS,
  ...LOAD_ROWS,
];

export const ALL_ROWS: readonly (FaultRow | ReplicaRow)[] = [...RIG_ROWS, ...LEADER_ROWS, FOLDER_ROW];
