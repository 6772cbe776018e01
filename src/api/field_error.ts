/** Errors in what users write: which object, which field, what was found, what is wanted, what to do. */
import { formatRef, type ObjectRef } from "./object.ts";

/** One thing that is wrong with one field. */
export class ManifestError extends Error {
  override name = "ManifestError";

  /** @param field Path from the object's root: `spec.resourceSelectors[0].kind`. */
  constructor(readonly object: ObjectRef, readonly field: string, readonly problem: string) {
    super(`${formatRef(object)} ${field}: ${problem}`);
  }
}

/** All that is wrong with one object, so that a user can mend it in one go. */
export class ManifestErrors extends Error {
  override name = "ManifestErrors";

  constructor(readonly errors: readonly ManifestError[]) {
    super(errors.map(({ message }) => message).join("\n"));
  }
}

/** Something that is accepted but is probably not meant. */
export interface Warning {
  readonly field: string;
  readonly message: string;
}
