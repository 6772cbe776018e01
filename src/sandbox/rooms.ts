/**
 * Keeps the memory of evaluations for the next ones while it is small. A large one is given up, but it stays until the
 * collector comes; until then it is what the next evaluations get, so that there is at most one, whatever scripts do.
 */
import { LuaRoom } from "./room.ts";

export class Rooms {
  #small: LuaRoom | undefined;
  #large: WeakRef<LuaRoom> | undefined;
  /** Evaluations in the large one. */
  #uses = 0;

  /** @param hurryCollector Has the collector come once this turn of the event loop is over. */
  constructor(readonly hurryCollector: () => void) {}

  /** A room for one evaluation, whose state writes it anew. It belongs to the caller until {@link giveBack}. */
  take(): LuaRoom {
    const large = this.#large?.deref();
    if (large) return large;
    const room = this.#small ?? new LuaRoom();
    this.#small = undefined;
    return room;
  }

  /** Takes a room back, however the evaluation ended. */
  giveBack(room: LuaRoom): void {
    if (room.isSmall) {
      this.#small = room;
      return;
    }
    if (this.#large?.deref() !== room) {
      this.#large = new WeakRef(room);
      this.#uses = 0;
    }
    // One that is used again may escape the collector: it is called again, but ever more seldom.
    if (isPowerOfTwo(++this.#uses) || room.wasFilled) this.hurryCollector();
  }
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}
