/**
 * One property of something that parses, and how it is tried: no error but the documented one, an end within a bound, nothing
 * changed for other objects of the process, no planted secret in a message.
 */
import process from "node:process";
import fc from "fast-check";

/** Stands in whatever is secret; it has no part that a message could hold by chance. */
export const PLANTED = "Pl4ntedHunter2Zq";
export const PLANTED_BASE64 = btoa(PLANTED);

/** An input may take so much of the processor, whatever else the machine is busy with. */
const MAX_MILLISECONDS = 5_000;

export interface Property {
  readonly name: string;
  /** Inputs tried by the tests. */
  readonly runs: number;
  /** Tries `runs` inputs. @throws {Error} with the smallest input that fails, its seed and its path. */
  try(seed: number, runs: number): Promise<void>;
}

/** `check` throws where the property does not hold. */
export function property<T>(
  name: string,
  runs: number,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void | Promise<void>,
): Property {
  return {
    name,
    runs,
    async try(seed, count) {
      const before = prototypes();
      const tried = fc.asyncProperty(inputs, async (input) => {
        const started = cpuMilliseconds();
        await check(input);
        const took = cpuMilliseconds() - started;
        if (took > MAX_MILLISECONDS) throw new Error(`took ${Math.round(took)} ms`);
        if (prototypes() !== before) throw new Error("a prototype of the process was changed");
      });
      // The smallest input that takes too long is not worth waiting for.
      await fc.assert(tried, { seed, numRuns: count, interruptAfterTimeLimit: 10 * 60_000, endOnFailure: false });
    },
  };
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What every object of the process would see. */
function prototypes(): string {
  const polluted = ({} as Record<string, unknown>).polluted;
  const names = [Object, Array, String, Number, Function, Map, Error].map(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).length
  );
  return `${String(polluted)} ${names.join(" ")}`;
}

// deno-lint-ignore no-explicit-any -- constructors of any arguments
type ErrorClass = new (...args: any[]) => Error;

/** What `parse` gives; undefined where it refuses by one of `errors` whose message holds no planted secret. */
export function parsedOr<T>(errors: readonly ErrorClass[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    requireKnown(errors, error);
    return undefined;
  }
}

/** The same for what takes its time. */
export async function awaitedOr<T>(errors: readonly ErrorClass[], parse: () => Promise<T>): Promise<T | undefined> {
  try {
    return await parse();
  } catch (error) {
    requireKnown(errors, error);
    return undefined;
  }
}

function requireKnown(errors: readonly ErrorClass[], error: unknown): void {
  if (!errors.some((known) => error instanceof known)) throw error;
  requireClean((error as Error).message);
}

/** @throws {Error} where a message holds the planted secret, plain or in base64. */
export function requireClean(message: string): void {
  if (message === "") throw new Error("a message says nothing");
  if (message.includes(PLANTED) || message.includes(PLANTED_BASE64)) {
    throw new Error(`a message holds the secret: ${message}`);
  }
}
