/** What evaluating a rule on one object may cost. cel-go knows no such limit; a rule of a few lines could go on for hours. */
export interface CelLimits {
  /** Steps: operations in loops, elements compared, tens of characters gone through. The default takes some 0.3 s. */
  readonly cost: number;
}

export const DEFAULT_CEL_LIMITS: CelLimits = { cost: 2_000_000 };

/** The flag that sets a limit, for messages. */
export const CEL_LIMIT_FLAGS = { cost: "--cel-cost" } as const satisfies Record<keyof CelLimits, string>;
