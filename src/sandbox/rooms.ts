/**
 * Keeps the memory of evaluations for the next ones. Making a room is cheap while it is small; a large one that is thrown away
 * stays until the collector comes, and hostile scripts one after the other would fill the machine with such.
 */
import { LuaRoom } from "./host.ts";

/** After so many evaluations that needed no large room, the large one is given up. */
const CALM = 1_000;

export class Rooms {
  #small: LuaRoom | undefined;
  #large: LuaRoom | undefined;
  /** Large rooms that were given up and are not collected yet. */
  #abandoned = 0;
  #calm = 0;
  readonly #collected = new FinalizationRegistry<undefined>(() => this.#abandoned--);

  /** A room for one evaluation, whose state writes it anew. It belongs to the caller until {@link giveBack}. */
  take(): LuaRoom {
    // Writing a large one anew takes a while; it is better than two that wait for the collector.
    if (this.#abandoned > 0 && this.#large) {
      const room = this.#large;
      this.#large = undefined;
      return room;
    }
    const room = this.#small ?? new LuaRoom();
    this.#small = undefined;
    return room;
  }

  /** Takes a room back, however the evaluation ended. */
  giveBack(room: LuaRoom): void {
    if (room.isSmall) {
      this.#small = room;
      if (this.#large && ++this.#calm >= CALM) {
        this.#abandon(this.#large);
        this.#large = undefined;
      }
      return;
    }
    this.#calm = 0;
    if (this.#large) this.#abandon(room);
    else this.#large = room;
  }

  #abandon(room: LuaRoom): void {
    this.#abandoned++;
    this.#collected.register(room, undefined);
  }
}
