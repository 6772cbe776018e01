/** The lines of a watch's answer, one after the other. Silence and half a line are failures of the connection. */
import type { AnswerReader } from "./answer_reader.ts";
import type { Clock } from "./clock.ts";
import { ConnectionError, describeTarget, type RequestTarget } from "./errors.ts";
import { LineSplitter, LineTooLongError } from "./line_splitter.ts";
import { SilenceError, SilenceTimer } from "./silence_timer.ts";
import type { OpenStream, Transport } from "./transport.ts";

/** Several times the largest object that etcd takes. */
const MAX_WATCH_LINE = 32 * 1024 * 1024;

/** How long a watch may be silent, and how long it may last. */
export interface WatchLimits {
  readonly idleMs: number;
  readonly lifetimeMs: number;
}

export interface WatchLinesParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly answers: AnswerReader;
}

/**
 * The whole lines of the stream, until the server ends it, or its lifetime is over.
 *
 * @throws {ConnectionError} where no byte came for `idleMs`, the connection broke, or the stream ended within a line; the
 * reason of `signal` when that is aborted.
 */
export async function* watchLines(
  { clock, transport, answers }: WatchLinesParts,
  stream: OpenStream,
  { idleMs, lifetimeMs }: WatchLimits,
  target: RequestTarget,
  signal: AbortSignal,
): AsyncGenerator<string, void, void> {
  const fail = (failure: "timeout" | "lost", why: string) =>
    new ConnectionError(
      failure,
      `cannot ${describeTarget(target)}: ${transport.host}: ${why}`,
      transport.host,
      failure === "lost",
    );
  const splitter = new LineSplitter(MAX_WATCH_LINE);
  const over = new AbortController(), read = new AbortController();
  clock.sleep(lifetimeMs, AbortSignal.any([signal, read.signal])).then(() => over.abort(), () => {});
  const silence = new SilenceTimer(clock, idleMs, AbortSignal.any([signal, over.signal]));
  try {
    while (true) {
      const { done, value } = await silence.during(stream.reader.read());
      if (done) break;
      yield* splitter.push(value);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // What it has not told in whole yet, the next watch tells.
    if (over.signal.aborted) return;
    if (error instanceof SilenceError) throw fail("timeout", error.message);
    if (error instanceof LineTooLongError) throw answers.protocolError(target, error.message);
    throw transport.streamError(error, target);
  } finally {
    silence.stop();
    read.abort();
  }
  if (splitter.pending > 0) throw fail("lost", "the connection was lost within an object");
}
