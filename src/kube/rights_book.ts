/** What calls take in rights, gathered from those who make the calls. */
import { rightsToWrite } from "./apply.ts";
import { rightsToLead } from "./lease.ts";
import { rightsToRead } from "./reader.ts";
import { rightsToReport } from "./status.ts";

export const kubeRights = {
  toRead: rightsToRead,
  toWrite: rightsToWrite,
  toLead: rightsToLead,
  toReport: rightsToReport,
} as const;
