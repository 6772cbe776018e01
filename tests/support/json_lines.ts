/** The lines of an answer that goes on for as long as somebody reads it, such as a watch of the API server. */

/**
 * Each line as what it says in JSON, until the answer ends or the signal is aborted. An answer whose own `fetch` is aborted
 * does not always end: a read of it waited for ever once in some dozen watches. What is cancelled by its reader ends.
 */
export async function* jsonLines(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
  // deno-lint-ignore no-explicit-any -- whatever the server says
): AsyncGenerator<any, void, void> {
  const reader = body.getReader(), decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  let rest = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + decoder.decode(read.value, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
