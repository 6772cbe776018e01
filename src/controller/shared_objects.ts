/**
 * Objects that both threads have, by the numbers that they call them: what one side has been sent once is named from then on,
 * pass after pass. Whoever names an object counts upwards (the side that has the world) or downwards (the one that plans).
 */
import { SameTexts } from "../json/same_texts.ts";
import { unpack } from "./packed.ts";
import type { NumberedObjects } from "./plan_messages.ts";

/** One side's table. */
export class SharedObjects {
  readonly #numbers = new Map<object, number>();
  readonly #objects = new Map<number, object>();
  #last = 0;
  /** The long texts of what came from the other side. */
  readonly texts = new SameTexts();

  /** @param step 1 or -1: in which direction this side counts what it names. */
  constructor(readonly step: 1 | -1) {}

  /** How many there are. */
  get size(): number {
    return this.#objects.size;
  }

  /** The numbers of all that both sides have. */
  get numbers(): ReadonlyMap<object, number> {
    return this.#numbers;
  }

  /** The object of a number. @throws where the other side names what this one does not have: a bug. */
  get(number: number): object {
    const object = this.#objects.get(number);
    if (!object) throw new Error(`the other thread names object ${number}, which is not known here`);
    return object;
  }

  has(number: number): boolean {
    return this.#objects.has(number);
  }

  /** A number for an object that is about to be sent, which counts as shared once it is learned. */
  nextNumber(): number {
    return this.#last += this.step;
  }

  learn(number: number, object: object): void {
    this.#objects.set(number, object);
    this.#numbers.set(object, number);
  }

  /**
   * What the other side sent, in its order; what is fresh in it is learned.
   *
   * @throws where the two sides don't know of the same objects: a bug. What was learned until then may be wrong.
   */
  take({ numbers, fresh }: NumberedObjects): object[] {
    let next = 0;
    const objects = numbers.map((number) => {
      if (!this.has(number) && next < fresh.length) {
        this.learn(number, unpack(fresh[next++], (known) => this.get(known), this.texts) as object);
      }
      return this.get(number);
    });
    if (next < fresh.length) {
      throw new Error(`of ${fresh.length} objects of the other thread ${next} were not known here`);
    }
    return objects;
  }

  forget(numbers: Iterable<number>): void {
    for (const number of numbers) {
      const object = this.#objects.get(number);
      if (!object) continue;
      this.#objects.delete(number);
      if (this.#numbers.get(object) === number) this.#numbers.delete(object);
    }
  }
}

/** Who still needs what is shared: the last pass of each trigger, and each pass under way. */
export class Holders {
  readonly #counts = new Map<number, number>();
  readonly #kept = new Map<string, ReadonlySet<number>>();

  /** A pass under way names these. */
  hold(held: Set<number>, number: number): void {
    if (held.has(number)) return;
    held.add(number);
    this.#counts.set(number, (this.#counts.get(number) ?? 0) + 1);
  }

  /** The pass is over, and what it held takes the place of what the trigger's last one did. Gives what nobody needs now. */
  keep(trigger: string, held: ReadonlySet<number>): number[] {
    const before = this.#kept.get(trigger);
    this.#kept.set(trigger, held);
    return before ? this.release(before) : [];
  }

  /** Gives what nobody needs now. */
  release(held: ReadonlySet<number>): number[] {
    const unneeded: number[] = [];
    for (const number of held) {
      const left = this.#counts.get(number)! - 1;
      if (left > 0) this.#counts.set(number, left);
      else {
        this.#counts.delete(number);
        unneeded.push(number);
      }
    }
    return unneeded;
  }

  /** The trigger is gone, and so is all that was kept for its sake. */
  forget(trigger: string): number[] {
    const before = this.#kept.get(trigger);
    this.#kept.delete(trigger);
    return before ? this.release(before) : [];
  }
}
