/**
 * Lines on their way to a stream that may be slow, or that nobody reads: whoever writes one never waits, and what finds no
 * room, or what the stream fails at, is counted instead of kept.
 */
const encoder = new TextEncoder();

/** Enough for some thousand lines. */
const ROOM = 1024 * 1024;

export class LineWriter {
  #waiting: string[] = [];
  /** Characters that wait, those under way included. */
  #size = 0;
  #lost = 0;
  #running: Promise<void> | undefined;

  /**
   * @param write Writes some of the bytes, and resolves with how many, as soon as the stream takes them.
   * @param onLost Called, once there is room again, with how many lines were lost.
   */
  constructor(
    readonly write: (bytes: Uint8Array) => Promise<number>,
    readonly onLost: (lines: number) => void,
    readonly room = ROOM,
  ) {}

  /** Takes the line, which has its line feed, or counts it as lost. */
  put(line: string): void {
    if (this.#size + line.length > this.room) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#size += line.length;
    this.#running ??= this.#run();
  }

  /** Resolves when all is written, and after so many milliseconds in any case. */
  async flush(milliseconds: number): Promise<void> {
    if (!this.#running) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    await Promise.race([this.#running, promise]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      const text = lines.join("");
      const isWritten = await this.#writeAll(encoder.encode(text));
      this.#size -= text.length;
      if (!isWritten) {
        this.#lost += lines.length;
        continue;
      }
      const lost = this.#lost;
      this.#lost = 0;
      if (lost > 0) this.onLost(lost);
    }
    // In the same turn as the last look: whatever comes from now on starts anew.
    this.#running = undefined;
  }

  /** False where the stream fails: that a log can't be kept is no reason to end what it tells of. */
  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let at = 0; at < bytes.length;) at += await this.write(bytes.subarray(at));
      return true;
    } catch {
      return false;
    }
  }
}
