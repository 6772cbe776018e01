/**
 * Has V8's collector come for the memory of a WebAssembly instance. In V8's books that weighs nothing, so that on its own the
 * collector comes when other things have piled up, which in a quiet process is never.
 */

/** What does weigh: buffers in which nothing is written, so that they take addresses, and no memory. */
const BYTES = 256 * 1024 * 1024;
/** With fewer, V8 (15.0) now and then counts them as they are, and leaves it at that. */
const COUNT = 4;
/** A collection takes up to some tenths of a second of the processor. */
const PAUSE_MILLISECONDS = 2_000;

/**
 * Gives what calls the collector: at once, but only when this turn of the event loop is over (in which a weak reference holds
 * what was asked of it), and not more often than each `pause` milliseconds.
 */
export function collectorCaller(pause = PAUSE_MILLISECONDS): () => void {
  let isCalled = false;
  let last = -Infinity;
  return () => {
    if (isCalled) return;
    isCalled = true;
    const timer = setTimeout(() => {
      isCalled = false;
      last = performance.now();
      callCollector();
    }, Math.max(0, last + pause - performance.now()));
    // Nobody stays for that.
    Deno.unrefTimer(timer);
  };
}

function callCollector(): void {
  try {
    for (let i = 0; i < COUNT; i++) new ArrayBuffer(BYTES);
  } catch (error) {
    // Without so many addresses, V8 has collected all it could before it gave up.
    if (!(error instanceof RangeError)) throw error;
  }
}
