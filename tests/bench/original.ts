/** The original Go code at the same work, in the same run: rounds can alternate. */

/** The Go program in one of its bench modes, which does a round whenever it is asked to. */
export class Original {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #asks: WritableStreamDefaultWriter<Uint8Array>;
  readonly #folder: string;
  digest = "";

  private constructor(process: Deno.ChildProcess, folder: string) {
    this.#process = process;
    this.#lines = linesOf(process.stdout);
    this.#asks = process.stdin.getWriter();
    this.#folder = folder;
  }

  /** Starts the mode with a file of input. Its first line is a digest of what it computes. */
  static async start(path: string, mode: string, input: string): Promise<Original> {
    const folder = await Deno.makeTempDir({ prefix: "moonferry-bench-" });
    await Deno.writeTextFile(`${folder}/input.json`, input);
    const process = new Deno.Command(path, {
      args: [mode, `${folder}/input.json`],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const original = new Original(process, folder);
    original.digest = await original.#line();
    return original;
  }

  /** Milliseconds of one round. */
  async round(): Promise<number> {
    await this.#asks.write(new TextEncoder().encode("\n"));
    return Number(await this.#line()) * 1000;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the Go program ended");
    return value;
  }

  async end(): Promise<void> {
    await this.#asks.close();
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Of what the Go program writes its digest of: both must compute the same. */
export async function digestOf(texts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(texts.join(""));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
