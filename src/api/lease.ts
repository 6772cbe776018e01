/** What a `coordination.k8s.io/v1` Lease says, as its reader and those who decide by it know it. */

/** What a lease says. */
export interface LeaseRecord {
  /** Empty where it was given up. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** RFC 3339 with microseconds; for people alone. */
  readonly acquireTime: string;
  readonly renewTime: string;
  /** How often it has changed hands. */
  readonly transitions: number;
}

/** A lease as it is stored; another resourceVersion is another text. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly resourceVersion: string;
}

/** What came of one request about the lease. */
export type LeaseAnswer =
  | { readonly state: "stored"; readonly lease: StoredLease }
  | { readonly state: "absent" }
  /** Somebody else has written it meanwhile. */
  | { readonly state: "changed" }
  /** Trying again may help. */
  | { readonly state: "failed"; readonly message: string }
  /** A person has to put something right; the message says what. */
  | { readonly state: "refused"; readonly message: string };
